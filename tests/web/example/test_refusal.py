import pytest

from alongside.web.example.loader import ExampleRefused, load
from alongside.web.people.models import Person


@pytest.mark.django_db(databases=["default", "owner"])
def test_a_database_with_anybodys_own_records_is_refused_and_left_alone(cast):
    with pytest.raises(ExampleRefused, match="records that are not the example's"):
        load(people=100, seed=1)
    assert not Person.objects.using("owner").exists()
    assert cast.sam.email == "sam@example.org"

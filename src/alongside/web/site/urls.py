"""The platform's addresses."""

from django.urls import include, path

from alongside.web.site import views

# Pages of the sign-in library for what there is not here: addresses and providers of one's own.
NOT_OFFERED = ("confirm-email/", "confirm-email/<str:key>/", "login/code/confirm/", "3rdparty/")

urlpatterns = [
    path("health", views.health, name="health"),
    path("source/", views.source_code, name="source"),
    path("source/download/", views.source_archive, name="source_archive"),
    path("account/email/", views.own_address),
    *[path(f"account/{address}", views.not_found) for address in NOT_OFFERED],
    path("account/", include("allauth.urls")),
    path("design/", include("alongside.web.design.urls")),
    path("drafts/", include("alongside.web.drafts.urls")),
    path("", include("alongside.web.conversations.urls")),
    path("budgets/", include("alongside.web.budgets.urls")),
    path("plans/", include("alongside.web.plans.urls")),
    path("log/", include("alongside.web.governance.urls")),
    path("reviews/", include("alongside.web.reviews.urls")),
    path("", include("alongside.web.people.urls")),
]

handler400 = "alongside.web.site.views.bad_request"
handler403 = "alongside.web.site.views.not_allowed"
handler404 = "alongside.web.site.views.not_found"
handler500 = "alongside.web.site.views.fault"

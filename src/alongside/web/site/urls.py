"""The platform's addresses."""

from django.urls import include, path

from alongside.web.site import views

urlpatterns = [
    path("health", views.health, name="health"),
    path("account/", include("allauth.urls")),
    path("design/", include("alongside.web.design.urls")),
    path("drafts/", include("alongside.web.drafts.urls")),
    path("", include("alongside.web.conversations.urls")),
    path("budgets/", include("alongside.web.budgets.urls")),
    path("plans/", include("alongside.web.plans.urls")),
    path("reviews/", include("alongside.web.reviews.urls")),
    path("", include("alongside.web.people.urls")),
]

handler400 = "alongside.web.site.views.bad_request"
handler403 = "alongside.web.site.views.not_allowed"
handler404 = "alongside.web.site.views.not_found"
handler500 = "alongside.web.site.views.fault"

from django.urls import path

from lacelux.intake import views

app_name = "intake"

urlpatterns = [
    path("upload/", views.Upload.as_view(), name="upload"),
    path("imports/<int:pk>/", views.BatchPage.as_view(), name="batch"),
    path("imports/<int:pk>/progress/", views.Progress.as_view(), name="progress"),
    path("imports/<int:pk>/rejected.csv", views.RejectedFile.as_view(), name="rejected"),
    path("imports/<int:pk>/publish/", views.Publish.as_view(), name="publish"),
    path("imports/<int:pk>/discard/", views.Discard.as_view(), name="discard"),
]

from prefect_getresponse import GetResponseCredentials
from prefect_getresponse.tasks.click_tracks import get_click_track, list_click_tracks
from prefect_getresponse.tasks.common import CampaignReference, FromFieldReference
from prefect_getresponse.tasks.newsletters import create_newsletter
from tests.conftest import Run


def test_a_link_of_a_message(
    run: Run,
    credentials: GetResponseCredentials,
    campaign: CampaignReference,
    sender: FromFieldReference,
) -> None:
    newsletter = run(
        create_newsletter,
        credentials,
        type="draft",
        subject="Spring",
        from_field=sender,
        campaign=campaign,
        content={"html": '<a href="https://shop.example">Shop</a>'},
        send_settings={},
        flags=["clicktrack"],
    )
    [track] = run(list_click_tracks, credentials, created_from="2020-01-01")
    assert (track.get("name"), track.get("url")) == ("Shop", "https://shop.example")
    assert track.get("message", {}).get("resourceId") == newsletter["newsletterId"]
    assert run(get_click_track, credentials, track["clickTrackId"], fields="clicks") == {
        "clickTrackId": track["clickTrackId"],
        "clicks": 0,
    }
    assert run(list_click_tracks, credentials, created_to="2020-01-01") == []

"""Code for web pages (tag Tracking): the same for every account, and it tracks nothing."""

from __future__ import annotations

from prefect_getresponse.sandbox.contract.messages import Answer, json_answer
from prefect_getresponse.sandbox.resources.request import Behaviours, Echo, Request
from prefect_getresponse.sandbox.world.world import World

_SOURCE = "https://us-an.gr-cdn.com/sandbox.js"
_TRACKING = {
    "grid": "2fEBK5kj4ReCxUvd",
    "snippet": f'<script type="text/javascript" src="{_SOURCE}" async></script>',
    "snippetV2": f'<script type="text/javascript">(function(){{ /* {_SOURCE} */ }})();</script>',
}
_PIXEL = {"name": "sandbox pixel", "pixelId": "123456789"}


def get_tracking(_world: World, _request: Request) -> Answer:
    """`GET /tracking`."""
    return json_answer(200, [_TRACKING])


def list_facebook_pixels(_world: World, _request: Request) -> Answer:
    """`GET /tracking/facebook-pixels`."""
    return json_answer(200, [_PIXEL])


BEHAVIOURS: Behaviours = {
    "getTracking": Echo(get_tracking),
    "getFacebookPixelList": Echo(list_facebook_pixels),
}

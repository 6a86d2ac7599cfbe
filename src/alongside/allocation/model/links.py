"""How a weight of need becomes a quantity: each response rises with need, or stays level.

Every response gives the quantity, its slope, and how it moves with its own parameters.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Answer = tuple[Floats, Floats, list[Floats]]

_STEEPEST = 12.0
_CAP_BLUR = 0.1


_HALF = float(np.log(2))


def _halved(
    scaled: tuple[int, ...], logs: tuple[int, ...]
) -> Callable[[Floats], tuple[float, Floats]]:
    """Say how a response is halved: half the weight, and half of these parameters."""

    def halve(p: Floats) -> tuple[float, Floats]:
        half = p.copy()
        half[list(scaled)] /= 2
        half[list(logs)] -= _HALF
        return 0.5, half

    return halve


def _lower(log_scale: int) -> Callable[[Floats], tuple[float, Floats]]:
    """Say how a response is halved that has a scale of its own: the weight stays."""

    def halve(p: Floats) -> tuple[float, Floats]:
        half = p.copy()
        half[log_scale] -= _HALF
        return 1.0, half

    return halve


def _half_power(p: Floats) -> tuple[float, Floats]:
    share = float(0.5 ** np.exp(-p[2]))
    return share, np.array([p[0] * share, p[1] + np.log(share), p[2]])


def _rise(x: Floats) -> Floats:
    return 0.5 * (1 + np.tanh(0.5 * x))


def _soft(x: Floats) -> Floats:
    return np.logaddexp(0.0, x)


def _hinge(z: Floats, p: Floats) -> Answer:
    start, log_blur = p
    blur, past = np.exp(log_blur), z - start
    slope = _rise(past / blur)
    quantity = blur * _soft(past / blur)
    return quantity, slope, [-slope, quantity - slope * past]


def _gate(z: Floats, p: Floats) -> Answer:
    start, log_blur, least, lag, log_soft = p
    blur, soft = np.exp(log_blur), np.exp(log_soft)
    there = _rise((z - start) / blur)
    opening = there * (1 - there) / blur
    slope = _rise((z - start - lag) / soft)
    more = soft * _soft((z - start - lag) / soft)
    amount = least + more
    return (
        there * amount,
        opening * amount + there * slope,
        [
            -opening * amount - there * slope,
            -opening * (z - start) * amount,
            there,
            -there * slope,
            there * (more - slope * (z - start - lag)),
        ],
    )


def _exponential(z: Floats, p: Floats) -> Answer:
    log_scale, less = p
    scale = np.exp(log_scale)
    grown = np.exp(np.minimum(z, _STEEPEST))
    there = grown > less
    quantity = scale * (grown - less) * there
    slope = scale * grown * ((z < _STEEPEST) & there)
    return quantity, slope, [quantity, -scale * there]


def _power(z: Floats, p: Floats) -> Answer:
    start, log_blur, log_power = p
    blur, power = np.exp(log_blur), np.exp(log_power)
    slope = _rise((z - start) / blur)
    height = blur * _soft((z - start) / blur) + 1e-9
    quantity = height**power
    bend = power * height ** (power - 1)
    return (
        quantity,
        bend * slope,
        [-bend * slope, bend * (height - slope * (z - start)), quantity * np.log(height) * power],
    )


def _capped(z: Floats, p: Floats) -> Answer:
    start, log_blur, most = p
    blur = np.exp(log_blur)
    slope = _rise((z - start) / blur)
    height = blur * _soft((z - start) / blur)
    over = (height - most) / _CAP_BLUR
    beyond = _rise(over)
    quantity = height - _CAP_BLUR * _soft(over)
    within = 1 - beyond
    return (
        quantity,
        within * slope,
        [-within * slope, within * (height - slope * (z - start)), beyond],
    )


def _s_shaped(z: Floats, p: Floats) -> Answer:
    middle, log_most = p
    most = np.exp(log_most)
    now, first = _rise(z - middle), _rise(np.array(-middle))
    there = now > first
    quantity = most * (now - first) * there
    bend = now * (1 - now) * there
    return quantity, most * bend, [most * (first * (1 - first) * there - bend), quantity]


@dataclass(frozen=True)
class Link:
    """A response: where its parameters begin, how far a restart moves them, and their bounds.

    ``halve`` gives the share of weight, and the parameters, with which it answers half as much.
    """

    says: str
    answer: Callable[[Floats, Floats], Answer]
    start: tuple[float, ...]
    spread: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    halve: Callable[[Floats], tuple[float, Floats]]


_LOG = np.log
LINKS: dict[str, Link] = {
    "hinge": Link(
        "nothing up to a threshold, then in proportion",
        _hinge,
        (0.3, _LOG(0.3)),
        (0.3, 0.0),
        (-3.0, _LOG(0.03)),
        (6.0, _LOG(1.5)),
        _halved((0,), (1,)),
    ),
    "gate": Link(
        "nothing up to a threshold, then at least a minimum",
        _gate,
        (0.6, _LOG(0.25), 0.2, 0.0, _LOG(0.3)),
        (0.3, 0.0, 0.0, 0.0, 0.0),
        (-2.0, _LOG(0.03), 0.0, -3.0, _LOG(0.05)),
        (8.0, 0.0, 5.0, 6.0, 0.0),
        _halved((0, 2, 3), (1, 4)),
    ),
    "exponential": Link(
        "needs multiply one another",
        _exponential,
        (_LOG(0.3), 0.8),
        (0.3, 0.0),
        (-6.0, 0.0),
        (3.0, 1.0),
        _lower(0),
    ),
    "power": Link(
        "past a threshold, by a power of need",
        _power,
        (0.1, _LOG(0.3), _LOG(1.3)),
        (0.2, 0.0, 0.3),
        (-3.0, _LOG(0.03), _LOG(0.35)),
        (5.0, _LOG(1.5), _LOG(4.0)),
        _half_power,
    ),
    "capped": Link(
        "in proportion past a threshold, up to a most",
        _capped,
        (0.3, _LOG(0.3), 3.0),
        (0.3, 0.0, 0.5),
        (-3.0, _LOG(0.03), 0.3),
        (5.0, _LOG(1.5), 20.0),
        _halved((0, 2), (1,)),
    ),
    "s-shaped": Link(
        "slowly, then fast, then slowly towards a most",
        _s_shaped,
        (2.5, _LOG(3.0)),
        (0.5, 0.3),
        (-3.0, -3.0),
        (10.0, 5.0),
        _lower(1),
    ),
}

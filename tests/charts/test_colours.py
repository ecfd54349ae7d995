"""Parties stay apart for every kind of colour vision."""

import itertools

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from helpers.charts.theme import (
    FORCE_PARTIES,
    OTHER_COLOUR,
    PARTY_COLOURS,
    colour_of,
    colour_of_force,
    ink_of,
)
from helpers.data.vocabulary import FORCES

# Machado, Oliveira and Fernandes, IEEE TVCG 15, 1291 (2009), severity 1, in linear RGB.
VISIONS = {
    "common": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
         [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
         [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602],
         [0.004733, 0.691367, 0.303900]]
    ),
}  # fmt: skip
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
LEAST = 15.0  # CIE 1976 colour difference; about 2 is just noticeable side by side


def linear(colour: str) -> np.ndarray:
    rgb = np.array(to_rgb(colour))
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def lab(light: np.ndarray) -> np.ndarray:
    ratio = TO_XYZ @ light / np.array([0.9505, 1.0, 1.089])
    f = np.where(ratio > 0.008856, np.cbrt(ratio), 7.787 * ratio + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("vision", VISIONS)
def test_any_two_parties_can_be_told_apart(vision: str) -> None:
    colours = PARTY_COLOURS | {"other": OTHER_COLOUR}
    seen = {
        name: lab(np.clip(VISIONS[vision] @ linear(colour), 0, 1))
        for name, colour in colours.items()
    }
    distances = {
        (a, b): float(np.linalg.norm(seen[a] - seen[b])) for a, b in itertools.combinations(seen, 2)
    }
    closest = min(distances, key=lambda pair: distances[pair])
    assert distances[closest] >= LEAST, closest


@pytest.mark.parametrize("colour", [*PARTY_COLOURS.values(), OTHER_COLOUR])
def test_text_in_a_party_s_colour_can_be_read_on_white(colour: str) -> None:
    luminance = float(linear(ink_of(colour)) @ TO_XYZ[1])
    assert 1.05 / (luminance + 0.05) >= 4.5


def test_a_colour_belongs_to_the_party_not_to_the_order() -> None:
    assert colour_of("russia;turkey") == PARTY_COLOURS["russia"]
    assert colour_of("somebody else") == OTHER_COLOUR
    assert colour_of_force("russian_peacekeepers") == PARTY_COLOURS["russia"]
    assert set(FORCE_PARTIES) <= set(FORCES)
    assert set(FORCE_PARTIES.values()) <= set(PARTY_COLOURS)

"""Place names in the form asked for."""

import pandas as pd
import pytest

from helpers.data.errors import ParameterError
from helpers.data.names import FORMS, place_names, replace_ids

PLACES = pd.DataFrame(
    {
        "place_id": ["a", "b", "c", "d", "e"],
        "name": ["Hilltown", "Oldbridge", "Ford", "Same", "Twin"],
        "name_hy": ["Բլուր", "", "Հուն", "Same", "Eki"],
        "name_az": ["Təpə", "Körpü", "", "", "Eki"],
    }
)


@pytest.mark.parametrize(
    ("form", "names"),
    [
        ("english", ["Hilltown", "Oldbridge", "Ford", "Same", "Twin"]),
        ("armenian", ["Բլուր", "Oldbridge", "Հուն", "Same", "Eki"]),
        ("azerbaijani", ["Təpə", "Körpü", "Ford", "Same", "Eki"]),
        ("both", ["Hilltown (Բլուր / Təpə)", "Oldbridge (Körpü)", "Ford (Հուն)", "Same",
                  "Twin (Eki)"]),
    ],
)  # fmt: skip
def test_form_and_fall_back_on_the_english_name(form, names):
    result = place_names(PLACES, form)
    assert result.tolist() == names
    assert result.index.tolist() == ["a", "b", "c", "d", "e"]


@pytest.mark.parametrize("form", FORMS)
def test_no_places_give_no_names(form):
    assert place_names(PLACES.head(0), form).tolist() == []


@pytest.mark.parametrize("form", ["", "russian", "Both"])
def test_unknown_form(form):
    with pytest.raises(ParameterError) as caught:
        place_names(PLACES, form)
    assert str(caught.value) == (
        f"names={form!r}: no such form; use one of both, armenian, azerbaijani, english"
    )


def test_ids_are_replaced_one_by_one():
    names = pd.Series({"a": "Hilltown", "b": "Oldbridge"})
    cells = pd.Series(["a", "", "a;b", "x;b"], index=[4, 3, 2, 1])
    assert replace_ids(cells, names).tolist() == [
        "Hilltown", "", "Hilltown; Oldbridge", "x; Oldbridge",
    ]  # fmt: skip
    assert replace_ids(cells, names).index.tolist() == [4, 3, 2, 1]

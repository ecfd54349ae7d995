"""What the claims add up to: series, handovers, strength, key figures. No drawing, no files."""

from helpers.analysis.balances import handed_over, handovers
from helpers.analysis.compare import Comparison, compare
from helpers.analysis.coverage import latest_statements, reported_days, silences, support
from helpers.analysis.figures import (
    deployment_figures,
    exchange_figures,
    latest,
    overview_figures,
    returns_figures,
    side_by_side,
    statements,
)
from helpers.analysis.places import events_by_place, latest_by_place
from helpers.analysis.reconcile import Reconciliation, reconcile
from helpers.analysis.select import (
    FOUNDING_DISPATCHES,
    KINDRED_SCOPES,
    claims_from,
    events_from,
    leading_claims,
    main_series,
    recent,
    single_days,
    where,
)
from helpers.analysis.series import claim_series, ids, independent_support, sound, sum_flows
from helpers.analysis.stocks import lifelines, strength
from helpers.data.changes import changed_claims, compare_figures
from helpers.data.figures import KeyFigure

__all__ = [
    "FOUNDING_DISPATCHES",
    "KINDRED_SCOPES",
    "Comparison",
    "KeyFigure",
    "Reconciliation",
    "changed_claims",
    "claim_series",
    "claims_from",
    "compare",
    "compare_figures",
    "deployment_figures",
    "events_by_place",
    "events_from",
    "exchange_figures",
    "handed_over",
    "handovers",
    "ids",
    "independent_support",
    "latest",
    "latest_by_place",
    "latest_statements",
    "leading_claims",
    "lifelines",
    "main_series",
    "overview_figures",
    "recent",
    "reconcile",
    "reported_days",
    "returns_figures",
    "side_by_side",
    "silences",
    "single_days",
    "sound",
    "statements",
    "strength",
    "sum_flows",
    "support",
    "where",
]

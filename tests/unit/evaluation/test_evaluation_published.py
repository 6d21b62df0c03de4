from __future__ import annotations

from statistics import mean

import pytest

from mimimi.evaluation.published import PUBLISHED


@pytest.mark.parametrize("system", PUBLISHED, ids=lambda system: system.word)
def test_a_types_figure_is_the_mean_of_its_machines(system):
    for machine_type, auc in system.auc.items():
        machines = [v for name, v in system.by_machine.items() if name.split()[0] == machine_type]
        assert not machines or mean(machines) == pytest.approx(auc, abs=0.0005)
        assert 0.5 < auc < 1

from pathlib import Path

from streams.adapters.sql.decision_store import SqlDecisionStore
from streams.adapters.sql.engine import open_engine
from streams.adapters.sql.policies import PolicyStore
from streams.adapters.sql.trials import SqlTrials
from streams.bench import shadows
from streams.bench.evidence import evidence
from streams.judgement.tally import read_tally
from streams.policy.engine import judge
from tests.builders import AT_MS
from tests.databases import new_sqlite
from tests.unit.policy.questions import a_policy

KEY = b"bench"


def test_five_shadows_judge_while_requests_are_decided(tmp_path: Path) -> None:
    engine = open_engine(new_sqlite(tmp_path / "bench.db"))
    policy = a_policy()
    PolicyStore(engine).seed(policy, AT_MS)
    SqlDecisionStore(engine, KEY).decide([*evidence(20, "past", AT_MS)], judge, AT_MS)

    figure = shadows.cost(engine, policy, KEY, turns=1, seconds=0.1)

    running = SqlTrials(engine).running("shadow")
    assert len(running) == 5
    assert all(read_tally(one.tally).judged >= 20 for one in running)
    assert (figure.at_most, 0 <= figure.value <= 1) == (0.15, True)
    engine.dispose()

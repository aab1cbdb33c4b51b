"""kill -9 at random moments under a mixed load, in short; kills.py does as many rounds as are wanted."""

import os

from kills import Run

ROUNDS = 4
SEED = int(os.environ.get("CIAOS_TEST_KILLS_SEED", "3"))


def test_nothing_is_lost_over_kills_at_any_moment(tmp_path):
    run = Run(str(tmp_path), SEED, owners=6)
    run.rounds(ROUNDS)
    assert run.acknowledged > 50 * ROUNDS
    assert len(run.kinds) > 1, run.kinds

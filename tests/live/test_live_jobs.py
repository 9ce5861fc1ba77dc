"""Long work over HTTP: asked for again until it is ready, ended, and the files that it made."""

from __future__ import annotations

from typing import Any

import pytest

import jobs
from live import made_files
from live.answers import Refused
from live.job_answers import job_answer
from live.made_files import MadeFile, MadeFiles, kept_file
from live.map_jobs import JOBS
from tests.live.starting import live_web


class PlayedJob:
    """A job that stands where the test puts it."""

    def __init__(self) -> None:
        self.state, self.progress, self.message, self.sentence = "queued", 0.0, "", ""
        self.seconds_left, self.partial, self.ended = None, None, False

    def result(self, _timeout: float) -> Any:
        return "done well"

    def cancel(self) -> bool:
        self.ended = True
        return True


def finish(result: str) -> dict[str, Any]:
    return {"said": result}


def test_the_same_request_tells_how_far_it_is_and_then_the_result_once() -> None:
    job, begun = PlayedJob(), []
    submit = lambda: begun.append(1) or job  # noqa: E731
    assert job_answer("a-job", submit, finish)["message"] == "Waiting until other work is done"
    job.state, job.progress = "running", 0.5
    told = job_answer("a-job", submit, finish)
    assert (told["id"], told["state"], told["progress"]) == ("a-job", "running", 0.5)
    job.state = "done"
    ready = job_answer("a-job", submit, finish)
    assert (ready["state"], ready["said"], len(begun)) == ("ready", "done well", 1)
    job_answer("a-job", submit, finish)
    assert len(begun) == 2, "a result is given once"
    JOBS.cancel("a-job")


def test_too_many_jobs_are_a_refusal_in_words() -> None:
    def submit() -> jobs.Job:
        raise jobs.TooManyJobs("8 jobs wait already; at most 8 do. Try again in a while.")

    with pytest.raises(Refused, match="8 jobs wait already") as refused:
        job_answer("another-job", submit, finish)
    assert refused.value.status == 503


def test_a_page_ends_its_job_and_a_foreign_page_does_not() -> None:
    job = PlayedJob()
    job_answer("to-end", lambda: job, finish)
    web = live_web()
    foreign = web.delete("/live/job/to-end", headers={"Origin": "https://elsewhere.example"})
    assert (foreign.status_code, job.ended) == (403, False)
    assert web.delete("/live/job/to-end").json() == {"id": "to-end", "state": "cancelled"}
    assert job.ended
    assert web.delete("/live/job/to-end").json()["state"] == "unknown"


def test_a_made_file_is_fetched_with_its_name() -> None:
    told = kept_file(MadeFile("morph.gif", "image/gif", b"GIF89a"))
    assert (told["name"], told["bytes"]) == ("morph.gif", 6)
    answer = live_web().get(f"/live/{told['file']}")
    assert (answer.content, answer.headers["content-type"]) == (b"GIF89a", "image/gif")
    assert answer.headers["content-disposition"] == 'attachment; filename="morph.gif"'
    gone = live_web().get("/live/made/unknown/morph.gif")
    assert (gone.status_code, gone.json()["reason"]) == (404, "no-such-file")
    assert "Make it anew" in gone.json()["message"]


def test_files_leave_when_they_are_old_or_newer_ones_need_the_room(monkeypatch: pytest.MonkeyPatch) -> None:
    files = MadeFiles(most=10, kept=60)
    first, second, third = (files.keep(MadeFile(name, "x", bytes(6))) for name in "abc")
    assert [files.find(each) is None for each in (first, second, third)] == [True, True, False]
    whole = files.keep(MadeFile("large", "x", bytes(50)))
    assert files.find(whole) is not None, "the newest is kept whatever its size"
    now = made_files.time.monotonic()
    monkeypatch.setattr(made_files.time, "monotonic", lambda: now + 61)
    assert files.find(whole) is None

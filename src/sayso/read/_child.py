"""The child process that reads items: `python -m sayso.read._child MEMORY_MB SECONDS`.

In, on standard input: pickled (data, path, media type, day of the capture) or None. Out, on standard output: pickled
"ready", then for each a `Document` or the reason of a refusal; before it, for each page that goes through OCR, the seconds
that it needs beyond the limit. What a hostile file does to this
process, it does to nobody else.
"""

from __future__ import annotations

import os
import pickle
import resource
import sys


def main() -> None:
    memory, seconds = int(sys.argv[1]), float(sys.argv[2])
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not get between the answers
    questions = sys.stdin.buffer

    from sayso.read import Unreadable, _ocr, read

    # After the imports: what the libraries themselves need is not the item's doing. Data, stack and mapped files count.
    limit = memory * 2**20
    hard = resource.getrlimit(resource.RLIMIT_DATA)[1]  # left as it is for the OCR engine, which has limits of its own
    resource.setrlimit(resource.RLIMIT_DATA, (limit if hard == resource.RLIM_INFINITY else min(limit, hard), hard))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    pickle.dump("ready", answers)
    answers.flush()

    def more_time(wanted: float) -> None:
        pickle.dump(wanted, answers)
        answers.flush()

    _ocr.asks_for_time = more_time
    while True:
        try:
            job = pickle.load(questions)
        except EOFError:
            return
        # The parent kills what takes too long; this is for a parent that was killed itself.
        used = resource.getrusage(resource.RUSAGE_SELF)
        soft = int(used.ru_utime + used.ru_stime + 2 * seconds + 5)
        resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.RLIM_INFINITY))
        data, path, media_type, captured = job
        answer: object
        try:
            answer = read(data, path, media_type=media_type, captured=captured)
        except Unreadable as refusal:
            answer = str(refusal)
        except (MemoryError, RecursionError):
            answer = f"needs more than {memory} MB to be read"
        except Exception as error:
            answer = f"the reader failed on it ({type(error).__name__}: {error})"
        del data, job
        pickle.dump(answer, answers, protocol=pickle.HIGHEST_PROTOCOL)
        answers.flush()


if __name__ == "__main__":
    main()

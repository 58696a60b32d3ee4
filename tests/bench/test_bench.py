"""Tests of the scripts: `python3 -m unittest` in this folder."""

import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import corpus
import measure
from generate.render import as_items, as_kubectl


class Corpus(unittest.TestCase):
    """The corpus."""

    def test_it_comes_out_the_same_twice(self) -> None:
        script = Path(corpus.__file__)
        digests = set()
        for hash_seed in ("1", "2"):
            with tempfile.TemporaryDirectory() as folder:
                command = [sys.executable, str(script), folder, "--scale=0.002"]
                subprocess.run(command, env={"PYTHONHASHSEED": hash_seed}, stdout=subprocess.DEVNULL, check=True)
                digests.add(corpus.digest(Path(folder)))
        self.assertEqual(len(digests), 1)

    def test_parts_have_their_sizes(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder)
            corpus.write(out, 0.02, ["small", "fifty", "json", "crds"])
            self.assertEqual(len(measure.files(out / "small")), 180)
            self.assertEqual(len(measure.files(out / "fifty")), 50)
            self.assertGreaterEqual(measure.size(out / "crds"), 3_200_000)
            lines = (out / "json" / "list.json").read_text().splitlines()
            self.assertEqual(len(lines), 1)
            self.assertEqual(json.loads(lines[0])["kind"], "List")


class Rendering(unittest.TestCase):
    """Objects as YAML."""

    def test_what_yaml_would_read_otherwise_is_quoted(self) -> None:
        for value in ("", "yes", "on", "10", "1e3", "~", "a: b", "a #b", "{}", "*", "- a", "ends "):
            self.assertIn("'", as_kubectl({"key": value}), value)
        for value in ("v1", "a:b", "system:node", "/healthz", "a b"):
            self.assertEqual(as_kubectl({"key": value}), f"key: {value}\n")

    def test_long_lines_break_after_the_width(self) -> None:
        lines = as_kubectl({"description": " ".join(["word"] * 40)}).splitlines()
        self.assertTrue(all(80 <= len(line) < 90 for line in lines[:-1]), lines)
        self.assertEqual(" ".join(line.strip() for line in lines), "description: " + " ".join(["word"] * 40))

    def test_items_stand_at_the_outer_level(self) -> None:
        self.assertEqual(as_items({"kind": "Pod", "apiVersion": "v1"}), "- apiVersion: v1\n  kind: Pod\n")


class Measuring(unittest.TestCase):
    """The cost of a command."""

    def test_a_status_is_told(self) -> None:
        self.assertEqual(measure.run(["false"]).status, 1)

    def test_what_takes_too_long_is_stopped(self) -> None:
        cost = measure.run(["sleep", "600"], limit=1)
        self.assertFalse(cost.in_time)


if __name__ == "__main__":
    unittest.main()

"""kiln in the states that its store can be in."""

import json
import os
import pathlib
import shutil
import subprocess

from measuring import measured


class Kiln:
    def __init__(self, program, recipes, shared, folder):
        self.program, self.shared, self.folder = program, shared, folder
        self.store = folder / "store"
        self.output = folder / "images"
        # Recipes are copied, since their locks are made here and cases change them.
        self.recipes = folder / "recipes"
        shutil.copytree(recipes, self.recipes)

    def lock(self, name):
        """Resolves a recipe against the archive, and brings what it needs into the store."""
        recipe = self.recipes / f"{name}.yaml"
        for command in (["lock", recipe], ["build", recipe, "--output", self.folder / "first"]):
            subprocess.run([self.program, *command, "--store", self.shared, "--progress", "none"],
                           check=True, stdout=subprocess.DEVNULL)
        shutil.rmtree(self.folder / "first", ignore_errors=True)
        lock = json.loads((self.recipes / f"{name}.lock.json").read_text())
        for item in lock["artifacts"]:
            place = pathlib.Path("artifacts") / item["sha256"][:2] / item["sha256"][2:]
            (self.store / place).parent.mkdir(parents=True, exist_ok=True)
            if not (self.store / place).exists():
                try:
                    os.link(self.shared / place, self.store / place)
                except OSError:
                    shutil.copyfile(self.shared / place, self.store / place)
        return lock

    def forget(self, *kept):
        """Leaves the store its artifacts, and of its results the kinds that are named."""
        for name in ("locks", "work", "sessions"):
            shutil.rmtree(self.store / name, ignore_errors=True)
        for kind in (self.store / "results").glob("*"):
            if kind.name not in kept:
                shutil.rmtree(kind)
        shutil.rmtree(self.output, ignore_errors=True)

    def build(self, name, *more):
        return self.run(name, self.store, "--offline", *more)

    def download(self, name, variables):
        """Builds from a store that has nothing."""
        store = self.folder / "empty"
        run = self.run(name, store, env=os.environ | variables)
        shutil.rmtree(store)
        shutil.rmtree(self.output)
        return run

    def run(self, name, store, *more, **options):
        run = measured(
            [self.program, "build", self.recipes / f"{name}.yaml", "--locked", "--store", store,
             "--output", self.output, "--progress", "none", "--json", *more],
            stdout=subprocess.PIPE, **options)
        report = json.loads(run.pop("output"))["builds"][0]
        image = report["images"][0]
        stages = {}
        for stage in report["stages"]:
            # Packages and wheels are unpacked in two goes of one stage.
            seconds = stage["milliseconds"] / 1000
            stages[stage["stage"]] = stages.get(stage["stage"], 0) + seconds
        return run | {"rss": report["peakMemory"], "bytes": image["size"], "stages": stages,
                      "sha256": image["sha256"], "image": pathlib.Path(image["path"])}

    def derive(self, name, base, more):
        """A recipe of its own that extends another, with the same lock or one of its own."""
        text = f"recipe: 1\nname: {name}\nextends: {base}.yaml\n{more}"
        (self.recipes / f"{name}.yaml").write_text(text)

    def share_lock(self, name, other):
        """Gives a recipe the lock of one that asks for the same packages."""
        lock = json.loads((self.recipes / f"{other}.lock.json").read_text()) | {"recipe": name}
        (self.recipes / f"{name}.lock.json").write_text(json.dumps(lock))

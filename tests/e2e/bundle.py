"""Makes one script for a browser of a package of npm's that is written for CommonJS, with all that it requires."""
import json
import os
import re

REQUIRE = re.compile(r"require\(['\"]([^'\"]+)['\"]\)")
LOADER = """(function () {
const made = {};
function load(name) {
  if (!made[name]) {
    const module = made[name] = { exports: {} };
    modules[name](module, module.exports, (wanted) => load(names[name][wanted]));
  }
  return made[name].exports;
}
window.%s = load(%s);
})();
"""


def _main_of(folder):
    with open(os.path.join(folder, "package.json"), encoding="utf-8") as f:
        package = json.load(f)
    browser = package.get("browser")
    return os.path.join(folder, browser if isinstance(browser, str) else package.get("main", "index.js"))


def _as_file(path):
    for candidate in (path, path + ".js", path + ".json", os.path.join(path, "index.js")):
        if os.path.isfile(candidate):
            return os.path.normpath(candidate)
    return None


def _resolve(packages, path, wanted):
    if wanted.startswith("."):
        return _as_file(os.path.join(os.path.dirname(path), wanted))
    folder = os.path.join(packages, wanted)
    return _as_file(_main_of(folder)) if os.path.isdir(folder) else None


def bundle(packages, package, name):
    """The script that makes `package`, of the folder `packages`, window.NAME."""
    start = _as_file(_main_of(os.path.join(packages, package)))
    waiting, names, parts = [start], {}, []
    while waiting:
        path = waiting.pop()
        if path in names:
            continue
        with open(path, encoding="utf-8") as f:
            text = f.read()
        if path.endswith(".json"):
            text, found = f"module.exports = {text};", {}
        else:
            found = {wanted: _resolve(packages, path, wanted) for wanted in REQUIRE.findall(text)}
        names[path] = {wanted: to for wanted, to in found.items() if to}
        waiting += names[path].values()
        parts.append(f"{json.dumps(path)}: function (module, exports, require) {{\n{text}\n}},\n")
    return (f"const names = {json.dumps(names)};\nconst modules = {{\n{''.join(parts)}}};\n" + LOADER % (name, json.dumps(start)))

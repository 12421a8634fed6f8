# SPDX-License-Identifier: Apache-2.0
# What the tests of pages share, behind trace_shell.sh: a headless browser, in `browser`, or nothing where there is none.
browser=
for name in chromium chromium-browser google-chrome; do
  if command -v "$name" >/dev/null 2>&1; then browser=$name && break; fi
done

# looks WIDTH: into said.
looks() {
  printf '<!DOCTYPE html><meta charset="utf-8"><body><pre id="said"></pre><iframe src="probed.html" style="width:%spx;height:900px;border:0"></iframe><script>
    addEventListener("message", (event) => { document.getElementById("said").textContent = event.data; });</script>' "$1" >frame.html
  timeout 100 "$browser" --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync \
    --force-device-scale-factor=1 --blink-settings=preferredColorScheme=1 --window-size=1400,1000 --user-data-dir="$folder/profile" --virtual-time-budget=20000 --dump-dom "file://$folder/frame.html" >dom 2>/dev/null ||
    fail "the browser gave up"
  sed -n 's/.*<pre id="said">\([^<]*\).*/\1/p' dom >said
  [ -s said ] || fail "the page said nothing"
}

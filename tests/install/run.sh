#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Installs a build, moves the installed tree away, and uses it as somebody would who has nothing else: C and C++, shared and static, through
# CMake and through pkg-config; every public header alone, twice and all together; the program, and the examples: DPI, RTL and SystemC built, run
# and held against the command.
# usage: run.sh CMAKE BUILD_FOLDER CC CXX
set -eu
cmake=$1 build=$2 cc=$3 cxx=$4
outside=$(cd "$(dirname "$0")/outside" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
sentence() { echo "- $*"; }
fail() { echo "FAILED: $*" >&2; exit 1; }
ok() { [ "$("$@")" = "ok: 100 payloads" ] || fail "$*"; }

sentence "it installs"
"$cmake" --install "$build" --prefix "$work/first" >"$work/log" || { cat "$work/log"; exit 1; }

sentence "no installed text knows where it was built or installed"
source=$(sed -n 's/^CMAKE_HOME_DIRECTORY:INTERNAL=//p' "$build/CMakeCache.txt")
if grep -rIlF -e "$work" -e "$build" -e "$source" "$work/first"; then fail "these files name a folder of the build"; fi

mv "$work/first" "$work/moved"
prefix=$work/moved
for file in bin/oio bin/wavediff include/oio/link.h include/oio/systemc/oio_systemc.h include/oio/systemc/oio_tlm.h share/oio/rtl/oio_bridge.sv share/oio/dpi/oio_dpi_pkg.sv \
  include/oio/dpi/oio_dpi_port.h share/oio/examples/systemc/example.cpp share/oio/examples/systemc/platform.cpp share/doc/oio/systemc.md share/oio/wireshark/oio.lua share/man/man1/oio.1 share/doc/oio/trace-format.md share/doc/oio/SPEC.md; do
  test -f "$prefix/$file" || fail "$file is not installed"
done
config=$(find "$prefix" -name oioConfig.cmake)
examples=$prefix/share/oio/examples
libraries=$(dirname "$(dirname "$(dirname "$config")")")
PKG_CONFIG_PATH=$libraries/pkgconfig
export PKG_CONFIG_PATH

sentence "only public headers are installed"
for header in "$prefix"/include/oio/*.h; do
  test -f "$source/cmodel/include/oio/${header##*/}" || fail "${header##*/} is not public"
done

sentence "every header is C11 to C23 and C++17 to C++23, alone, twice and together, without a warning from gcc or clang"
sh "$source/tests/lint/headers.sh" "$prefix/include" "$cc" "$cxx"

sentence "the shared library exports what the headers declare and nothing else"
for header in "$prefix"/include/oio/*.h; do echo "#include <oio/${header##*/}>"; done >"$work/model.c"
"$cc" -E -P -I"$prefix/include" "$work/model.c" | tr '\n;{}' ' \n\n\n' | grep -v '^ *static' | grep -oE '\boio_[a-z0-9_]+ ?\(' | tr -d ' (' |
  sort -u >"$work/declared"
nm -D --defined-only "$libraries/liboio.so" | awk '$2 != "A" { print $3 }' | sort -u >"$work/exported"
test -s "$work/declared"
diff "$work/declared" "$work/exported" || fail "< is declared only, > is exported only"

sentence "a CMake project finds and uses it, shared and static, in C11 and C++17"
"$cc" -std=c11 "$outside/count.c" -o "$work/count"
"$prefix/bin/oio" wave bless "$work/goldens/count" --command "$work/count {out} 7" >/dev/null
"$cmake" -S "$outside" -B "$work/cmake" -DCMAKE_PREFIX_PATH="$prefix" -DEXAMPLES="$examples" -DGOLDENS="$work/goldens" -DCMAKE_C_COMPILER="$cc" -DCMAKE_CXX_COMPILER="$cxx" >"$work/log" 2>&1 &&
  "$cmake" --build "$work/cmake" >>"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
for program in c_shared c_static cpp_shared cpp_static; do ok "$work/cmake/$program"; done
readelf -d "$work/cmake/c_shared" | grep -q 'NEEDED.*liboio\.so\.0' || fail "c_shared does not use the shared library"
readelf -d "$work/cmake/c_static" | grep -q 'NEEDED.*liboio' && fail "c_static uses the shared library"

sentence "its tests of waves pass while nothing changes, and show what did"
(cd "$work/cmake" && "${cmake%cmake}ctest" -E 'count_to_9|no_waves' --output-on-failure) >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
grep -q '100% tests passed, 0 tests failed out of 4' "$work/log" || fail "$(cat "$work/log")"
if (cd "$work/cmake" && "${cmake%cmake}ctest" -R count_to_9 --output-on-failure) >"$work/log" 2>&1; then fail "count_to_9 passes"; fi
grep -q 'first: top.odd at 8 ns' "$work/log" || fail "$(cat "$work/log")"
if (cd "$work/cmake" && "${cmake%cmake}ctest" -R no_waves) >"$work/log" 2>&1; then fail "no_waves passes"; fi

sentence "pkg-config finds it, shared and static"
"$cc" -std=c11 "$examples/c/exchange.c" $(pkg-config --cflags --libs oio) -o "$work/pc_shared"
"$cxx" -std=c++17 -I"$examples/c" "$outside/exchange.cpp" $(pkg-config --cflags --libs oio) -o "$work/pc_shared_cpp"
LD_LIBRARY_PATH=$libraries ok "$work/pc_shared"
LD_LIBRARY_PATH=$libraries ok "$work/pc_shared_cpp"
"$cc" -std=c11 -static "$examples/c/exchange.c" $(pkg-config --static --cflags --libs oio) -o "$work/pc_static"
"$cxx" -std=c++17 -static -I"$examples/c" "$outside/exchange.cpp" $(pkg-config --static --cflags --libs oio) -o "$work/pc_static_cpp"
ok "$work/pc_static"
ok "$work/pc_static_cpp"

sentence "the library says its version"
"$cc" -std=c11 "$outside/version.c" $(pkg-config --cflags --libs oio) -o "$work/version"
[ "$(LD_LIBRARY_PATH=$libraries "$work/version")" = "$(pkg-config --modversion oio)" ] || fail "$(LD_LIBRARY_PATH=$libraries "$work/version")"
[ "oio $(pkg-config --modversion oio)" = "$("$prefix/bin/oio" --version)" ] || fail "$("$prefix/bin/oio" --version)"

# project FOLDER ARGUMENT...: configures that project against the installed tree; the log is kept.
project() {
  folder=$1
  shift
  rm -rf "$work/project"
  "$cmake" -S "$folder" -B "$work/project" -DCMAKE_PREFIX_PATH="$prefix" -DCMAKE_C_COMPILER="$cc" -DCMAKE_CXX_COMPILER="$cxx" "$@" >"$work/log" 2>&1
}
# refuses PATTERN FOLDER ARGUMENT...: it cannot be configured, and the reason is said. CMake breaks lines as it likes.
refuses() {
  pattern=$1
  shift
  if project "$@"; then fail "$*: configures"; fi
  tr -s ' \n' '  ' <"$work/log" | grep -q "$pattern" || { cat "$work/log"; fail "$*: does not say '$pattern'"; }
}

sentence "the example in C is a project that builds and runs"
project "$examples/c" && "$cmake" --build "$work/project" >>"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
ok "$work/project/exchange"

sentence "a component that is not there is named"
mkdir "$work/parts"
printf '%s\n' 'cmake_minimum_required(VERSION 3.25)' 'project(parts LANGUAGES CXX)' 'find_package(oio REQUIRED COMPONENTS ${PARTS})' >"$work/parts/CMakeLists.txt"
project "$work/parts" -DPARTS=dpi || { cat "$work/log"; exit 1; }
refuses "there is no component photonics: cosim, dpi and systemc" "$work/parts" -DPARTS=photonics
mkdir "$work/empty"
(PKG_CONFIG_PATH='' PKG_CONFIG_LIBDIR=$work/empty && export PKG_CONFIG_PATH PKG_CONFIG_LIBDIR &&
  refuses "component systemc: pkg-config does not find systemc: install it" "$work/parts" -DPARTS=systemc)

sentence "a source tree taken in with add_subdirectory has the same targets"
project "$outside/inside" -DOIO_SOURCE="$source" && "$cmake" --build "$work/project" >>"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
ok "$work/project/inside"

sentence "the program runs from there"
"$prefix/bin/oio" sim --generate saturate --messages 1000 --quiet
if [ -x "$prefix/bin/oio-cosim" ]; then "$prefix/bin/oio" cosim --generate saturate --messages 200 --quiet; fi

# row NAME: that line of the table on standard input, without what a run of its own has.
row() { sed -n "s/^$1  *//p"; }

if command -v verilator >/dev/null; then
  dpi=$(pkg-config --variable=dpi oio-dpi) rtl=$(pkg-config --variable=rtl oio-dpi)
  # verilated NAME ARGUMENT...: a program, $work/NAME/run, without a warning.
  verilated() {
    name=$1
    shift
    verilator --binary -j 2 -MAKEFLAGS "OPT_FAST=-O0 OPT_SLOW=-O0 OPT_GLOBAL=-O0" --Mdir "$work/$name" -o run "$@" -LDFLAGS "$(pkg-config --libs oio-dpi) -Wl,-rpath,$libraries" >"$work/log" 2>&1 ||
      { cat "$work/log"; fail "$name"; }
    if grep '%Warning' "$work/log"; then fail "$name: a warning"; fi
  }

  sentence "Verilator reads the RTL, and the packages in a design with a timescale and in one without"
  (cd "$rtl" && verilator --lint-only -Wall -F oio_rtl.f --top-module oio_bridge)
  for unit in '' 'timeunit 1ns; timeprecision 1ps;'; do
    echo "module mine; $unit import oio_dpi_pkg::*; import oio_dpi_pins_pkg::*; endmodule" >"$work/mine.sv"
    verilator --lint-only -Wall -F "$rtl/oio_rtl.f" -F "$dpi/oio_dpi.f" -F "$dpi/oio_dpi_pins.f" "$work/mine.sv" --top-module mine ||
      fail "with '$unit'"
  done

  sentence "the model behind DPI, its loop in SystemVerilog, runs as the command does"
  verilated dpi --trace -F "$dpi/oio_dpi.f" "$examples/dpi/example.sv" "$outside/waves.sv" --top-module waves
  "$work/dpi/run" >"$work/said"
  "$prefix/bin/oio" sim --set net.topology=pair --generate poisson --messages 2000 --set optical.bit_error_rate=1e-5 >"$work/expected"
  for line in result messages retries flits goodput seed; do
    [ "$(row $line <"$work/expected")" = "$(row $line <"$work/said")" ] || { cat "$work/expected" "$work/said"; fail "$line"; }
  done
  grep -q '^retries  *crc [1-9]' "$work/said" || fail "no retry: $(cat "$work/said")"

  sentence "two runs draw the same waves: no pointer is among them"
  for run in 1 2; do "$work/dpi/run" "+waves=$work/$run.vcd" >/dev/null; done
  [ "$(grep -c '^#' "$work/1.vcd")" -gt 1000 ] || fail "no waves"
  sed '/^\$date/d' "$work/1.vcd" >"$work/1.waves"
  sed '/^\$date/d' "$work/2.vcd" | cmp - "$work/1.waves" || fail "two runs differ"

  sentence "a configuration that does not hold is said in one line, and the run fails"
  if "$work/dpi/run" "+set=optical.lanes=0" >"$work/said" 2>&1; then fail "it ran"; fi
  grep -q 'optical.lanes' "$work/said" || fail "$(cat "$work/said")"

  sentence "a far end of the plain profile talks to another through damage, and what it cannot be is said in one line"
  verilated plain -Wall -F "$dpi/oio_dpi_plain.f" "$examples/plain/example.sv" --top-module example
  "$work/plain/run" >"$work/said" || fail "$(cat "$work/said")"
  grep -qx "good: 2000 payloads each way" "$work/said" || fail "$(cat "$work/said")"
  grep -q "u_far.*state active.* replays [1-9]" "$work/said" || fail "$(cat "$work/said")"
  printf '#include <oio/dpi/oio_dpi_plain.h>\n#include "Vexample__Dpi.h"\n' >"$work/both.c" # where the two drift apart, this does not compile
  "${CC:-cc}" -fsyntax-only "$work/both.c" -I "$work/plain" -I "$(verilator --getenv VERILATOR_ROOT)/include/vltstd" $(pkg-config --cflags oio-dpi)

  sentence "a bench around somebody else's device is built from an empty folder, and a wrong polynomial is named"
  "$prefix/bin/oio" new-bench "$work/bench" --top flit_link --sources "$source/tests/cosim/foreign/foreign_core.sv" "$source/tests/cosim/foreign/flit_link.sv" >"$work/log"
  make -C "$work/bench" run OPT_FAST=-O0 OPT_SLOW=-O0 OPT_GLOBAL=-O0 >"$work/log" 2>&1 || { cat "$work/log"; fail "new-bench"; }
  grep -q "^bench: good: 2000 payloads each way" "$work/log" || fail "$(cat "$work/log")"
  if "$work/bench/build/bench" +polynomial=1021 >"$work/log"; then fail "it is good"; fi
  grep -q "rule section 2: .* polynomial 0x1021" "$work/log" || fail "$(cat "$work/log")"
  printf '#include <oio/dpi/oio_dpi_dut.h>\n#include "Voio_new_bench__Dpi.h"\n' >"$work/both.c"
  "${CC:-cc}" -fsyntax-only "$work/both.c" -I "$work/bench/build" -I "$(verilator --getenv VERILATOR_ROOT)/include/vltstd" $(pkg-config --cflags oio-dpi)

  sentence "oio_add_cosim() makes such a bench a target and a test: guessed, from a map, and one whose test fails"
  mkdir "$work/user" "$work/user/inc"
  # A clock and a reset that nobody would guess; a source that wants a folder of headers.
  sed -e 's/core_clk/tick/; s/core_rst_n/quiet_n/; s/^module flit_link/`include "width.svh"\nmodule flit_link/' "$source/tests/cosim/foreign/flit_link.sv" >"$work/user/flit_link.sv"
  cp "$source/tests/cosim/foreign/foreign_core.sv" "$work/user"
  echo '`define WIDTH 512' >"$work/user/inc/width.svh"
  { sed -e 's/payloads  *2000/payloads 300/' -e 's/^top .*/top other/' "$work/bench/port.map" | sed '/^source/d; /^reset/d; s/core_clk/nothing/'
    echo '# Größe [bits; \'; } >"$work/user/my.map"
  cat >"$work/user/CMakeLists.txt" <<'END'
cmake_minimum_required(VERSION 3.25)
project(user LANGUAGES C)
enable_testing()
find_package(oio REQUIRED COMPONENTS cosim)
set(device TOP flit_link SOURCES foreign_core.sv flit_link.sv CLOCK tick RESET quiet_n low VERILATOR_ARGS -Iinc)
oio_add_cosim(NAME guessed ${device} FACE flit BYTES 64 PROFILE plain ${MORE})
oio_add_cosim(NAME mapped ${device} MAP my.map ARGS +polynomial=1021)
END
  project "$work/user" && MAKEFLAGS="OPT_FAST=-O0 OPT_SLOW=-O0 OPT_GLOBAL=-O0" "$cmake" --build "$work/project" >>"$work/log" 2>&1 || { cat "$work/log"; fail "oio_add_cosim"; }
  (cd "$work/project" && "${cmake%cmake}ctest" -R guessed -V) >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
  grep -q "bench: good: 2000 payloads each way" "$work/log" || fail "$(cat "$work/log")"
  if (cd "$work/project" && "${cmake%cmake}ctest" -R mapped -V) >"$work/log" 2>&1; then fail "a wrong polynomial passes"; fi
  grep -q "rule section 2: .* polynomial 0x1021" "$work/log" || fail "$(cat "$work/log")"
  "$work/project/mapped/build/bench" | grep -q "good: 300 payloads" || fail "the map is not heeded"
  "$cmake" "$work/project" >"$work/log" 2>&1 && "$cmake" --build "$work/project" >"$work/log" 2>&1 || { cat "$work/log"; fail "again"; }
  if grep -q "Building the bench" "$work/log"; then fail "what is the same is built again: $(cat "$work/log")"; fi
  refuses "the face is flit, not stream: see line.out.last" "$work/user" -DMORE="FACE;stream"
  refuses "there is no face fdi: flit and stream" "$work/user" -DMORE="FACE;fdi"
  refuses "there is no bench for profile extended: plain" "$work/user" -DMORE="PROFILE;extended"
  refuses "the top flit_link has no port .nowhere." "$work/user" -DMORE="CLOCK;nowhere"
  refuses "with MAP the ports are not guessed: leave BYTES out" "$work/user" -DMORE="MAP;my.map"

  for wrong in window_flits=128 speed=3; do
    sed "s/Config = \"format=3\"/Config = \"$wrong\"/" "$examples/plain/example.sv" >"$work/wrong.sv"
    verilated plain_wrong -F "$dpi/oio_dpi_plain.f" "$work/wrong.sv" --top-module example
    if "$work/plain_wrong/run" >"$work/said" 2>&1; then fail "$wrong: it runs"; fi
    grep -q "u_far: .*\(use [12]\.\.\|write name=number\)" "$work/said" || fail "$wrong: $(cat "$work/said")"
  done

  sentence "RTL between ports of the model, in SystemVerilog alone, runs as the command does"
  verilated rtl -F "$rtl/oio_rtl.f" -F "$dpi/oio_dpi_pins.f" "$examples/rtl/example.sv" --top-module example
  for keys in '' 'reset.at_ps=3000000 reset.hold_ps=200000'; do
    "$work/rtl/run" "+set=$(printf '%s' "$keys" | tr ' ' '\n')" >"$work/said" || fail "$(cat "$work/said")"
    [ -x "$prefix/bin/oio-cosim" ] || continue
    # shellcheck disable=SC2046 # words
    "$prefix/bin/oio" cosim --generate poisson --load 0.3 --messages 2000 --set optical.bit_error_rate=1e-5 $(for key in $keys; do echo "--set $key"; done) \
      >"$work/expected"
    for line in result messages retries flits goodput seed; do
      [ "$(row $line <"$work/expected")" = "$(row $line <"$work/said")" ] || { cat "$work/expected" "$work/said"; fail "$keys: $line"; }
    done
  done

  sentence "a mistake in the RTL is found there, by its rule"
  cp -R "$rtl" "$work/broken"
  sed 's/head.command      = waiting_i ?/head.command      = 1'"'"'b1 ?/' "$rtl/oio_link_tx.sv" >"$work/broken/oio_link_tx.sv"
  if cmp -s "$rtl/oio_link_tx.sv" "$work/broken/oio_link_tx.sv"; then fail "nothing is broken"; fi
  verilated wrong -F "$work/broken/oio_rtl.f" -F "$dpi/oio_dpi_pins.f" "$examples/rtl/example.sv" --top-module example
  if "$work/wrong/run" >"$work/said" 2>&1; then fail "the run is good"; fi
  head -n 1 "$work/said" | grep -q 'rule T3: near ' || fail "$(cat "$work/said")"
fi

if pkg-config --exists systemc; then
  sentence "the example in SystemC is a project that builds and runs, and says which C++ it wants"
  project "$examples/systemc" && "$cmake" --build "$work/project" >>"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
  "$work/project/example" >"$work/said" || fail "$(cat "$work/said")"
  [ "$(grep -c '  flit ' "$work/said")" = 5 ] || fail "$(cat "$work/said")"
  "$work/project/platform" 1 tlm.timing=loose >"$work/said" 2>"$work/log" || fail "$(cat "$work/said" "$work/log")"
  grep -q '^4096 transactions of 256 bytes, .* 0 wrong$' "$work/said" || fail "$(cat "$work/said")"
  project "$examples/systemc" -DCMAKE_CXX_STANDARD=14 && "$cmake" --build "$work/project" >>"$work/log" 2>&1 || { cat "$work/log"; fail "with C++14"; }
  if ! project "$examples/systemc" -DCMAKE_CXX_STANDARD=20; then
    refuses "component systemc: SystemC .* links with C++17 only, and CMAKE_CXX_STANDARD is 20: set it to 17" "$examples/systemc" -DCMAKE_CXX_STANDARD=20
  fi
  sentence "the guide to TLM sockets word for word: its project says what the guide says, its parts compile"
  guide=$prefix/share/doc/oio/systemc.md
  # block WORD N: the Nth block of the guide that begins with ```WORD.
  block() { awk -v begin="\`\`\`$1" -v n="$2" '/^```/ { inside = !open && $0 == begin && ++count == n; open = !open; next } inside' "$guide"; }
  mkdir "$work/guide"
  block cmake 1 >"$work/guide/CMakeLists.txt"
  block cpp 1 >"$work/guide/first.cpp"
  project "$work/guide" && "$cmake" --build "$work/project" >>"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
  "$work/project/first" >"$work/said" 2>"$work/log" || fail "$(cat "$work/said" "$work/log")"
  block '' 1 | cmp - "$work/said" || fail "$(cat "$work/said")"
  { echo '#include <oio/systemc/oio_tlm.h>'
    for part in 2 3 4; do
      printf 'void part_%s(tlm::tlm_generic_payload &payload) {\n(void)payload;\n{\n%s\n}\n}\n' "$part" "$(block cpp $part)"
    done; } >"$work/parts.cpp"
  "$cxx" -std=c++17 -Wall -Wextra -Werror -fsyntax-only $(pkg-config --cflags systemc oio) "$work/parts.cpp" || fail "parts of the guide"
  echo '#include <oio/systemc/oio_systemc.h>' >"$work/modules.cpp"
  if "$cxx" -std=c++14 -fsyntax-only $(pkg-config --cflags systemc oio) "$work/modules.cpp" 2>"$work/said"; then fail "C++14 is taken"; fi
  grep -q 'oio_systemc.h is C++17' "$work/said" || fail "$(head -n 5 "$work/said")"
fi

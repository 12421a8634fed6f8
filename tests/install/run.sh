#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Installs a build, moves the installed tree away, and uses it as somebody would who has nothing else: C11 and C++17, shared and static, through
# CMake and through pkg-config; every public header alone, twice and all together; the program, the RTL, the DPI and SystemC parts.
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
for file in bin/oio bin/wavediff include/oio/link.h include/oio/systemc/oio_systemc.h share/oio/rtl/oio_bridge.sv share/oio/dpi/oio_dpi_pkg.sv \
  share/oio/dpi/oio_dpi_pins.c share/oio/host/oio_host.h share/man/man1/oio.1 share/doc/oio/trace-format.md share/doc/oio/SPEC.md; do
  test -f "$prefix/$file" || fail "$file is not installed"
done
config=$(find "$prefix" -name oioConfig.cmake)
libraries=$(dirname "$(dirname "$(dirname "$config")")")
PKG_CONFIG_PATH=$libraries/pkgconfig
export PKG_CONFIG_PATH

sentence "only public headers are installed"
for header in "$prefix"/include/oio/*.h; do
  test -f "$source/cmodel/include/oio/${header##*/}" || fail "${header##*/} is not public"
done

sentence "every header is C11 and C++17, alone, twice and together"
warnings="-Wall -Wextra -Wpedantic -Wshadow -Werror -fsyntax-only -I$prefix/include"
for header in "$prefix"/include/oio/*.h; do
  include="#include <oio/${header##*/}>"
  printf '%s\n%s\n' "$include" "$include" >"$work/one.c"
  echo "$include" >>"$work/all.c"
  echo "int outside;" >>"$work/one.c"
  "$cc" -std=c11 $warnings "$work/one.c" || fail "$header in C11"
  "$cxx" -std=c++17 -x c++ $warnings "$work/one.c" || fail "$header in C++17"
done
echo "int outside;" >>"$work/all.c"
"$cc" -std=c11 $warnings "$work/all.c" || fail "all headers in C11"
"$cxx" -std=c++17 -x c++ $warnings "$work/all.c" || fail "all headers in C++17"

sentence "the shared library exports what the headers declare and nothing else"
"$cc" -E -P -I"$prefix/include" "$work/all.c" | tr '\n;{}' ' \n\n\n' | grep -v '^ *static' | grep -oE '\boio_[a-z0-9_]+ ?\(' | tr -d ' (' |
  sort -u >"$work/declared"
nm -D --defined-only "$libraries/liboio.so" | awk '$2 != "A" { print $3 }' | sort -u >"$work/exported"
test -s "$work/declared"
diff "$work/declared" "$work/exported" || fail "< is declared only, > is exported only"

sentence "a CMake project finds and uses it, shared and static, in C11 and C++17"
"$cc" -std=c11 "$outside/count.c" -o "$work/count"
"$prefix/bin/oio" wave bless "$work/goldens/count" --command "$work/count {out} 7" >/dev/null
"$cmake" -S "$outside" -B "$work/cmake" -DCMAKE_PREFIX_PATH="$prefix" -DGOLDENS="$work/goldens" -DCMAKE_C_COMPILER="$cc" -DCMAKE_CXX_COMPILER="$cxx" >"$work/log" 2>&1 &&
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
"$cc" -std=c11 "$outside/exchange.c" $(pkg-config --cflags --libs oio) -o "$work/pc_shared"
"$cxx" -std=c++17 "$outside/exchange.cpp" $(pkg-config --cflags --libs oio) -o "$work/pc_shared_cpp"
LD_LIBRARY_PATH=$libraries ok "$work/pc_shared"
LD_LIBRARY_PATH=$libraries ok "$work/pc_shared_cpp"
"$cc" -std=c11 -static "$outside/exchange.c" $(pkg-config --static --cflags --libs oio) -o "$work/pc_static"
"$cxx" -std=c++17 -static "$outside/exchange.cpp" $(pkg-config --static --cflags --libs oio) -o "$work/pc_static_cpp"
ok "$work/pc_static"
ok "$work/pc_static_cpp"

sentence "the program runs from there"
"$prefix/bin/oio" sim --generate saturate --flits 1000 --quiet
if [ -x "$prefix/bin/oio-cosim" ]; then "$prefix/bin/oio" cosim --generate saturate --flits 200 --quiet; fi

if command -v verilator >/dev/null; then
  sentence "Verilator reads the RTL, and the DPI parts compile"
  (cd "$prefix/share/oio/rtl" && verilator --lint-only -Wall -y . oio_pkg.sv oio_bridge.sv --top-module oio_bridge)
  svdpi=$(verilator --getenv VERILATOR_ROOT)/include/vltstd
  for file in "$prefix"/share/oio/dpi/*.c "$prefix"/share/oio/host/*.c; do
    "$cc" -std=c11 -fsyntax-only -Werror -I"$prefix/include" -I"$prefix/share/oio/host" -isystem "$svdpi" "$file"
  done
fi
if pkg-config --exists systemc; then
  sentence "the SystemC header compiles"
  echo '#include <oio/systemc/oio_systemc.h>' >"$work/modules.cpp"
  "$cxx" -std=c++17 -fsyntax-only $(pkg-config --cflags systemc oio) "$work/modules.cpp"
fi

# SPDX-License-Identifier: Apache-2.0
oio_add_unit_test(test_wave_out test_wave_out.c)
target_link_libraries(test_wave_out PRIVATE oio_wave)
oio_add_unit_test(test_wave_fst_write test_wave_fst_write.c)
target_link_libraries(test_wave_fst_write PRIVATE oio_wave)
# The reader that comes with Verilator says whether what we write is FST; without it that test says that it is skipped.
find_path(OIO_FSTAPI_FOLDER fstapi.c PATHS /usr/share/verilator/include /usr/local/share/verilator/include $ENV{VERILATOR_ROOT}/include
  PATH_SUFFIXES gtkwave)
if(OIO_FSTAPI_FOLDER)
  add_library(oio_fstapi OBJECT ${OIO_FSTAPI_FOLDER}/fstapi.c ${OIO_FSTAPI_FOLDER}/fastlz.c ${OIO_FSTAPI_FOLDER}/lz4.c)
  target_include_directories(oio_fstapi SYSTEM PUBLIC ${OIO_FSTAPI_FOLDER})
  target_compile_definitions(oio_fstapi PRIVATE FST_CONFIG_INCLUDE="fst_config.h" _GNU_SOURCE)
  # Its FastLZ reads bytes as words, and its reader a few bytes more than there are: it gets them, as zeros.
  target_compile_options(oio_fstapi PRIVATE -w -fno-sanitize=all -fno-strict-aliasing
    -include ${CMAKE_CURRENT_LIST_DIR}/wave_fstapi_slack.h)
  find_package(ZLIB REQUIRED)
  target_compile_definitions(test_wave_fst_write PRIVATE OIO_FSTAPI)
  target_link_libraries(test_wave_fst_write PRIVATE oio_fstapi ZLIB::ZLIB)
endif()
# The page in a browser, where there is one.
add_test(NAME wave_page COMMAND sh ${CMAKE_CURRENT_LIST_DIR}/../system/wave_page.sh $<TARGET_FILE:test_wave_out>)
set_tests_properties(wave_page PROPERTIES SKIP_RETURN_CODE 77)
# The comparison: wave_open's VCD files are given small windows.
oio_add_unit_test(test_wave_compare test_wave_compare.c)
target_link_libraries(test_wave_compare PRIVATE oio_wave m)
target_link_options(test_wave_compare PRIVATE -Wl,--wrap=wave_open_vcd)
oio_add_unit_test(test_wave_fst test_wave_fst.c)
target_link_libraries(test_wave_fst PRIVATE oio_wave)
oio_add_unit_test(test_wave_damage test_wave_damage.c)
find_package(ZLIB REQUIRED)
target_link_libraries(test_wave_damage PRIVATE oio_wave ZLIB::ZLIB)
if(OIO_FSTAPI_FOLDER)
  target_compile_definitions(test_wave_damage PRIVATE OIO_FSTAPI)
  target_link_libraries(test_wave_damage PRIVATE oio_fstapi)
  target_compile_definitions(test_wave_fst PRIVATE OIO_FSTAPI)
  target_link_libraries(test_wave_fst PRIVATE oio_fstapi ZLIB::ZLIB)
  target_compile_definitions(test_wave_compare PRIVATE OIO_FSTAPI)
  target_link_libraries(test_wave_compare PRIVATE oio_fstapi ZLIB::ZLIB)
endif()

# SPDX-License-Identifier: Apache-2.0
# page.c: the style and the script of the HTML page, as bytes. include() this before the library, which takes ${wave_page} among its sources.
set(wave_page ${CMAKE_CURRENT_BINARY_DIR}/page.c)
add_custom_command(OUTPUT ${wave_page}
  COMMAND ${CMAKE_COMMAND} -DOUTPUT=${wave_page} -DHEADER=page.h -DFOLDER=${CMAKE_CURRENT_LIST_DIR}/page -P ${CMAKE_CURRENT_LIST_DIR}/embed.cmake
  DEPENDS ${CMAKE_CURRENT_LIST_DIR}/page/page.css ${CMAKE_CURRENT_LIST_DIR}/page/page.js ${CMAKE_CURRENT_LIST_DIR}/embed.cmake
  COMMENT "Putting the HTML page into C"
  VERBATIM)

# SPDX-License-Identifier: Apache-2.0
# oio_find_systemc(): SystemC's library, which has no CMake package on every system, as the target PkgConfig::OIO_SYSTEMC. It links with one C++
# standard, that which it was built with: OIO_SYSTEMC_STANDARD. OIO_SYSTEMC_FAULT is empty, or the one line that says why there is none for a
# project of this CMAKE_CXX_STANDARD.
function(oio_systemc_links standard result)
  try_compile(links SOURCE_FROM_CONTENT systemc.cpp "#include <systemc>\nint sc_main(int, char **) { return 0; }\n"
    LINK_LIBRARIES PkgConfig::OIO_SYSTEMC CXX_STANDARD ${standard} CXX_STANDARD_REQUIRED ON NO_CACHE)
  set(${result} ${links} PARENT_SCOPE)
endfunction()

macro(oio_find_systemc)
  set(OIO_SYSTEMC_FAULT "")
  set(OIO_SYSTEMC_STANDARD "")
  find_package(PkgConfig QUIET)
  if(NOT PkgConfig_FOUND)
    set(OIO_SYSTEMC_FAULT "pkg-config, which finds SystemC, is not there: install it")
  else()
    pkg_check_modules(OIO_SYSTEMC QUIET IMPORTED_TARGET systemc)
    if(NOT OIO_SYSTEMC_FOUND)
      set(OIO_SYSTEMC_FAULT "pkg-config does not find systemc: install it (Debian: libsystemc-dev), or let PKG_CONFIG_PATH name the folder of its systemc.pc")
    else()
      foreach(standard 17 20 23)
        if(NOT OIO_SYSTEMC_STANDARD)
          oio_systemc_links(${standard} links)
          if(links)
            set(OIO_SYSTEMC_STANDARD ${standard})
          endif()
        endif()
      endforeach()
      if(NOT OIO_SYSTEMC_STANDARD)
        set(OIO_SYSTEMC_FAULT "SystemC ${OIO_SYSTEMC_VERSION} was found, but no program in C++17, 20 or 23 links with it: it was probably built for \
C++14 or for another compiler. Install one built for C++17 (Debian's libsystemc-dev is)")
      elseif(CMAKE_CXX_STANDARD GREATER OIO_SYSTEMC_STANDARD)
        oio_systemc_links(${CMAKE_CXX_STANDARD} links)
        if(NOT links)
          set(OIO_SYSTEMC_FAULT "SystemC ${OIO_SYSTEMC_VERSION} links with C++${OIO_SYSTEMC_STANDARD} only, and CMAKE_CXX_STANDARD is ${CMAKE_CXX_STANDARD}: \
set it to ${OIO_SYSTEMC_STANDARD} where this package is found (targets without SystemC may have a CXX_STANDARD of their own)")
        else()
          set(OIO_SYSTEMC_STANDARD ${CMAKE_CXX_STANDARD})
        endif()
      endif()
    endif()
  endif()
endmacro()

# Compiler flags, dependencies and the few helpers that every folder's CMakeLists.txt uses.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # Precompiled headers need this sloppiness, or every file with one is a cache miss. The rest lets every clone and worktree of one
  # machine share the cache: paths relative to the tree, and the precompiled header known by what it is made of (see the sum below),
  # because gcc writes different bytes each time.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
      CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=true CCACHE_PCH_EXTSUM=true ${CCACHE_PROGRAM})
endif()

pkg_check_modules(NL REQUIRED IMPORTED_TARGET libnl-3.0 libnl-genl-3.0)
pkg_check_modules(NFT REQUIRED IMPORTED_TARGET libmnl libnftnl)
pkg_check_modules(TOMLPLUSPLUS IMPORTED_TARGET tomlplusplus)
pkg_check_modules(PCAP REQUIRED IMPORTED_TARGET libpcap)
find_package(fmt REQUIRED)
find_package(tl-expected REQUIRED)
find_package(CLI11 REQUIRED)
set(Boost_NO_WARN_NEW_VERSIONS ON)
find_package(Boost 1.81 REQUIRED COMPONENTS json)

add_library(hawser_flags INTERFACE)
target_include_directories(hawser_flags INTERFACE ${CMAKE_SOURCE_DIR})
target_compile_options(hawser_flags INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror)
target_compile_definitions(hawser_flags INTERFACE HAWSER_VERSION="${PROJECT_VERSION}" TOML_HEADER_ONLY=0
  BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_HAS_CO_AWAIT)
if(HAWSER_SANITIZE)
  target_compile_options(hawser_flags INTERFACE -Og -g1 -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(hawser_flags INTERFACE -fsanitize=address,undefined)
endif()
if(HAWSER_HARDEN)
  # _FORTIFY_SOURCE wants optimisation; CMake's Release would give -O3, which makes the daemons larger and nothing of theirs faster.
  set(CMAKE_CXX_FLAGS_RELEASE "-O2")
  target_compile_options(hawser_flags INTERFACE -g1 -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -D_GLIBCXX_ASSERTIONS -fstack-protector-strong
    -fstack-clash-protection -fcf-protection -fPIE)
  target_link_options(hawser_flags INTERFACE -pie -Wl,-z,relro,-z,now -Wl,-z,noexecstack)
  # A unit of eight files brings all eight into a program that wants one: vipd's process was 700 kB larger for it.
  target_compile_options(hawser_flags INTERFACE -ffunction-sections -fdata-sections)
  target_link_options(hawser_flags INTERFACE -Wl,--gc-sections)
endif()
if(HAWSER_FUZZ)
  target_compile_options(hawser_flags INTERFACE -O1 -g1 -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all)
  target_link_options(hawser_flags INTERFACE -fsanitize=address,undefined)
endif()
target_link_libraries(hawser_flags INTERFACE Threads::Threads)

# One precompiled header for everything that is not Boost.Beast: Asio and the standard headers cost 5 s a file without it.
add_library(hawser_pch STATIC ${CMAKE_SOURCE_DIR}/cmake/pch.cpp)
target_link_libraries(hawser_pch PUBLIC hawser_flags fmt::fmt tl::expected Boost::boost)
target_precompile_headers(hawser_pch PRIVATE ${CMAKE_SOURCE_DIR}/cmake/pch.h)
# By what ccache knows it: sum_pch(TARGET HEADER...).
function(sum_pch target)
  set(text "")
  foreach(header ${ARGN})
    file(READ ${CMAKE_SOURCE_DIR}/cmake/${header} one)
    string(APPEND text "${one}")
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/cmake/${header})
  endforeach()
  string(SHA256 sum "${text} ${CMAKE_CXX_COMPILER} ${CMAKE_CXX_COMPILER_VERSION} ${Boost_VERSION} ${fmt_VERSION} ${CMAKE_BUILD_TYPE}")
  file(WRITE ${CMAKE_BINARY_DIR}/CMakeFiles/${target}.dir/cmake_pch.hxx.gch.sum "${sum}\n")
endfunction()
sum_pch(hawser_pch pch.h)

# Small units are compiled eight at a time: most of a unit's cost is what it includes and instantiates, not what it says. The preset `tidy`
# compiles each alone, so a missing include is still found there. Tests stay apart: theirs are many helpers of one name.
option(HAWSER_UNITY "compile the units of a library together" ON)

# hawser_library(NAME SOURCES a.cpp ... LINK target ...): one folder, one static library.
function(hawser_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_link_libraries(${name} PUBLIC hawser_flags fmt::fmt tl::expected Boost::boost ${ARG_LINK})
  target_precompile_headers(${name} REUSE_FROM hawser_pch)
  set_target_properties(${name} PROPERTIES UNITY_BUILD ${HAWSER_UNITY} UNITY_BUILD_BATCH_SIZE 8)
endfunction()

# hawser_program(NAME SOURCES main.cpp LINK target ...): a program in build/PRESET/bin.
function(hawser_program name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE hawser_flags fmt::fmt tl::expected Boost::boost ${ARG_LINK})
  target_precompile_headers(${name} REUSE_FROM hawser_pch)
endfunction()

# What tests are compiled with beside that: GoogleMock in a precompiled header of their own. UBSan looks at what is under test, not at the
# lines of the tests, where it took a third of a sanitized build; and no test is faster by -O2, which waits for a daemon.
if(HAWSER_TESTS)
  find_package(GTest REQUIRED)
  add_library(hawser_flags_of_tests INTERFACE)
  if(HAWSER_SANITIZE)
    target_compile_options(hawser_flags_of_tests INTERFACE -fno-sanitize=undefined)
  endif()
  if(HAWSER_HARDEN)
    target_compile_options(hawser_flags_of_tests INTERFACE -O1)
  endif()
  add_library(hawser_test_flags INTERFACE)
  # In this order: the later flag counts.
  target_link_libraries(hawser_test_flags INTERFACE hawser_flags hawser_flags_of_tests fmt::fmt tl::expected Boost::boost Boost::json GTest::gmock)
  add_library(hawser_test_pch STATIC ${CMAKE_SOURCE_DIR}/cmake/pch.cpp)
  target_link_libraries(hawser_test_pch PUBLIC hawser_test_flags)
  target_precompile_headers(hawser_test_pch PRIVATE ${CMAKE_SOURCE_DIR}/cmake/test_pch.h)
  sum_pch(hawser_test_pch pch.h test_pch.h)
endif()

# hawser_test_program(NAME SOURCES a_test.cpp ... LINK target ...): a program of GoogleTest in build/PRESET/bin.
function(hawser_test_program name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE hawser_test_flags ${ARG_LINK})
  target_precompile_headers(${name} REUSE_FROM hawser_test_pch)
endfunction()

# hawser_tests(PROGRAM LABEL unit PARTS n TIMEOUT seconds): a program of GoogleTest as n tests of ctest, which run beside one another.
function(hawser_tests program)
  cmake_parse_arguments(ARG "" "LABEL;PARTS;TIMEOUT" "" ${ARGN})
  math(EXPR last "${ARG_PARTS} - 1")
  foreach(part RANGE ${last})
    add_test(NAME ${program}_${part} COMMAND ${CMAKE_SOURCE_DIR}/tests/dev/shard ${part} ${ARG_PARTS} $<TARGET_FILE:${program}>)
    set_tests_properties(${program}_${part} PROPERTIES LABELS ${ARG_LABEL} TIMEOUT ${ARG_TIMEOUT})
  endforeach()
endfunction()

// Scripts to be run, in a directory of the test's own.
#pragma once

#include <filesystem>
#include <fstream>

#include <sys/stat.h>

#include "tests/support/temp_dir.h"

namespace hawser::test {

inline void write_script(const std::filesystem::path& file, const std::string& text, mode_t mode = 0755) {
  std::ofstream(file) << text;
  ::chmod(file.c_str(), mode);
}

inline std::string shell(const std::string& lines) {
  return "#!/bin/sh\n" + lines + "\n";
}

}  // namespace hawser::test

// Files that are either the old ones or the new ones, also after a crash or a power cut.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

#include <sys/types.h>

#include "lib/base/result.h"

namespace hawser {

// Writes a temporary file beside it, fsync, rename, fsync of the directory. The directory must exist.
Status write_atomically(const std::filesystem::path& file, std::string_view content, mode_t mode = 0640);

// The whole file; more than `largest` bytes is refused. Errors carry the errno.
Result<std::string> read_file(const std::filesystem::path& file,
                              std::size_t largest = std::size_t{16} << 20U);
// The same of standard input, called "stdin" in errors. Not by the name /dev/stdin: that cannot be opened
// where it is a socket, as under sshd.
Result<std::string> read_stdin(std::size_t largest = std::size_t{16} << 20U);

}  // namespace hawser

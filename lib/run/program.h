// A program of the user's, opened to be run: what was looked at is what runs, whatever is put in its place
// afterwards.
#pragma once

#include <filesystem>

#include <sys/stat.h>

#include "lib/base/fd.h"
#include "lib/base/result.h"

namespace hawser::run {

// Nobody but root and this process's own user may be able to change the file, or what its path leads to: the
// file, every directory above it, and those of every link on the way. Of a directory with the sticky bit
// (/tmp) what lies in it counts. Errors name the part that is wrong and the command that mends it.
Result<Fd> open_program(const std::filesystem::path& program);

// The same of a file or directory that is only read.
Result<Fd> open_trusted(const std::filesystem::path& path);

// The pure part, of one part of the path: whether others than root and `self` can change it.
Status judge_part(const std::filesystem::path& path, const struct stat& found, uid_t self);

}  // namespace hawser::run

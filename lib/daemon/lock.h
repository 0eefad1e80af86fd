// One daemon of a kind per runtime directory: RUNTIME_DIR/NAME.lock, held as long as the object lives and
// released by the kernel when the process dies.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "lib/base/fd.h"
#include "lib/base/result.h"

namespace hawser {

class InstanceLock {
 public:
  // "netd: already running as process 1234 (/run/hawser/netd.lock)", code EWOULDBLOCK; or why the file cannot
  // be made. A directory that is missing is made.
  static Result<InstanceLock> take(const std::filesystem::path& runtime_dir, std::string_view name);
  // Whether the error of take() is about there being no room or no place for it (full, read-only, nothing to
  // make a directory in): no other process is meant, and nobody was kept out.
  static bool no_room(const Error& error);
  // "netd runs as process 1234" while somebody has it; nullopt: nobody.
  static Result<std::optional<std::string>> held(const std::filesystem::path& runtime_dir,
                                                 std::string_view name);

 private:
  explicit InstanceLock(Fd file) : file_(std::move(file)) {}
  Fd file_;  // the file itself stays: removing it would let two processes lock two files of one name
};

}  // namespace hawser

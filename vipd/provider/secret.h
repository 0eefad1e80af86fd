// Where the credentials of an account are: "file:/etc/hawser/robot.cred", which others may not read, or
// "systemd:robot", of LoadCredential= (systemd.exec(5)). Never a command line, an environment or a log.
#pragma once

#include <chrono>
#include <string>

#include "lib/base/result.h"

namespace hawser::vipd::provider {

struct Secret {
  std::string text;  // without the newline at its end
  std::chrono::system_clock::time_point changed;
};

// Errors: what is no such source, a file that others may read ("chmod 600"), one that is empty or has more
// than a line.
Result<Secret> read_secret(const std::string& source);

// No core dump of this process, and nobody who is not root may look into it.
void keep_memory_private();

}  // namespace hawser::vipd::provider

// ldirectord.cf as text: settings of all, and of each virtual service (ldirectord(8)). Pure.
#pragma once

#include <string>
#include <vector>

#include "lbctl/import/draft.h"
#include "lib/config/engine/problem.h"

namespace hawser::lbctl {

struct LdSetting {
  Origin origin;
  std::string key, value;  // value without the quotes around the whole of it
  bool quoted = false;
};

struct LdVirtual {
  LdSetting head;  // "virtual" or "virtual6"
  std::vector<LdSetting> settings;
};

struct LdFile {
  std::vector<LdSetting> globals;
  std::vector<LdVirtual> virtuals;
  std::vector<Origin> unread;  // lines that are no NAME = VALUE
};

LdFile parse_ldirectord(const config::Source& source);

}  // namespace hawser::lbctl

// What concerns the whole host: format, [log], [netd], [vipd].
#pragma once

#include "lib/base/duration.h"
#include "lib/config/sections/section.h"

namespace hawser::config {

struct FormatSpec {
  int format = 1;
};

struct LogSpec {
  std::string log_level = "info";
  bool operator==(const LogSpec&) const = default;
};

struct NetdSpec {
  Milliseconds ipvs_check{5000};
  bool operator==(const NetdSpec&) const = default;
};

struct VipdSpec {
  int realtime = 10;  // 0: off
  bool lock_memory = true;
  std::string watchdog{};  // "/dev/watchdog"; empty: none
  bool operator==(const VipdSpec&) const = default;
};
const Rows<LogSpec>& log_rows();
const Rows<VipdSpec>& vipd_rows();

struct Format {
  struct Written {};
  struct Built {
    bool operator==(const Built&) const = default;
  };
  static SectionType type();
};

struct Log {
  struct Written {
    LogSpec log;
  };
  using Built = LogSpec;
  static SectionType type();
};

struct Netd {
  struct Written {
    NetdSpec netd;
  };
  using Built = NetdSpec;
  static SectionType type();
};

struct Vipd {
  struct Written {
    VipdSpec vipd;
  };
  using Built = VipdSpec;
  static SectionType type();
};

}  // namespace hawser::config

#include "lib/config/sections/host.h"

#include "lib/config/sections/make_section.h"

namespace hawser::config {

namespace {

using namespace std::chrono_literals;

constexpr std::string_view kFormatExample = R"(format = 1
)";

constexpr std::string_view kLogExample = R"([log]
level = { lb1 = "warning", default = "info" }
)";

constexpr std::string_view kNetdExample = R"([netd]
ipvs_check = "5s"
)";

constexpr std::string_view kVipdExample = R"([vipd]
realtime = 10
)";

const Rows<FormatSpec>& format_rows() {
  static const auto rows =
      Rows<FormatSpec>().add("format", &FormatSpec::format, Whole{1, 1}, "version of the file's form");
  return rows;
}

const Rows<NetdSpec>& netd_rows() {
  static const auto rows = Rows<NetdSpec>()
                               .add("ipvs_check", &NetdSpec::ipvs_check, Span{100ms, 1h},
                                    "how often the kernel's IPVS table is compared with what it should be")
                               .like("\"5s\"")
                               .unsupported({"listen", "textfile"});
  return rows;
}

}  // namespace

const Rows<LogSpec>& log_rows() {
  static const auto rows =
      Rows<LogSpec>()
          .add("level", &LogSpec::log_level, OneOf{{"debug", "info", "warning", "error"}},
               "the least serious message that is printed")
          .like("\"info\"")
          .unsupported({"target"});
  return rows;
}

const Rows<VipdSpec>& vipd_rows() {
  static const auto rows =
      Rows<VipdSpec>()
          .add("realtime", &VipdSpec::realtime, Whole{0, 99}, "real-time priority (SCHED_FIFO); 0 is off")
          .like("10")
          .add("lock_memory", &VipdSpec::lock_memory, Flag{}, "keep the advertising process in memory")
          .add("watchdog", &VipdSpec::watchdog, NonEmpty{},
               "a hardware watchdog that vipd feeds while it is on time: a host on which it hangs is reset")
          .like("\"/dev/watchdog\"")
          .only_if([](const VipdSpec& vipd) { return !vipd.watchdog.empty(); });
  return rows;
}

SectionType Format::type() {
  SectionType type;
  type.info.name = "format";
  describe(type.info, "top", "top", format_rows(), kFormatExample);
  type.read = [](const ReadContext& top, const Entry& entry, File& /*file*/) {
    FormatSpec spec;
    read_section(top, format_rows(), {entry}, spec);
  };
  return type;
}

SectionType Log::type() {
  auto type = single_section("log", "[log]", Part::kAll, log_rows(), &File::log, kLogExample);
  type.build = [](const File& file, Config& config) { static_cast<LogSpec&>(config) = file.log; };
  return type;
}

SectionType Netd::type() {
  auto type = single_section("netd", "[netd]", Part::kNetd, netd_rows(), &File::netd, kNetdExample);
  type.build = [](const File& file, Config& config) { static_cast<NetdSpec&>(config) = file.netd; };
  return type;
}

SectionType Vipd::type() {
  auto type = single_section("vipd", "[vipd]", Part::kVipd, vipd_rows(), &File::vipd, kVipdExample);
  type.build = [](const File& file, Config& config) { static_cast<VipdSpec&>(config) = file.vipd; };
  return type;
}

}  // namespace hawser::config

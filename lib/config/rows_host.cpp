// The rows of what concerns the whole host: format, [nodes], [log], [netd], [vipd].
#include "lib/config/sections.h"

namespace hawser::config {

namespace {

using namespace std::chrono_literals;

}  // namespace

const Rows<TopSpec>& top_rows() {
  static const auto rows =
      Rows<TopSpec>().add("format", &TopSpec::format, Whole{1, 1}, "version of the file's form");
  return rows;
}

const Rows<Node>& node_rows() {
  static const auto rows = Rows<Node>()
                               .add("addresses", &Node::addresses, ListOf{kAddress},
                                    "where the other nodes reach this one, one per heartbeat path")
                               .like("[\"192.0.2.11\"]")
                               .unsupported({"provider", "fence"});
  return rows;
}

const Rows<LogSpec>& log_rows() {
  static const auto rows = Rows<LogSpec>()
                               .add("level", &LogSpec::level, OneOf{{"debug", "info", "warning", "error"}},
                                    "the least serious message that is printed")
                               .like("\"info\"")
                               .unsupported({"target"});
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

const Rows<VipdSpec>& vipd_rows() {
  static const auto rows =
      Rows<VipdSpec>()
          .add("realtime", &VipdSpec::realtime, Whole{0, 99}, "real-time priority (SCHED_FIFO); 0 is off")
          .like("10")
          .add("lock_memory", &VipdSpec::lock_memory, Flag{}, "keep the advertising process in memory")
          .unsupported({"watchdog"});
  return rows;
}

}  // namespace hawser::config

#include "lib/config/sections/ipvs.h"

#include "lib/config/engine/rules.h"
#include "lib/config/sections/make_section.h"

namespace hawser::config {

namespace {

using namespace std::chrono_literals;

constexpr std::string_view kIpvsExample = R"([ipvs]
timeouts = { tcp = "15m", tcp_fin = "2m", udp = "30s" }
sync = { interface = "back", group = "224.0.0.81", port = 8848, ttl = 1, id = 7 }
)";

constexpr std::string_view kTimeoutsExample = "{ tcp = \"15m\", udp = \"30s\" }";

constexpr std::string_view kTimeoutsSectionExample =
    R"(# [ipvs] timeouts = { udp = "30s" }: the others stay as the host has them
)";

constexpr std::string_view kSyncExample = "{ interface = \"back\", id = 7 }";

constexpr std::string_view kSyncSectionExample =
    R"(# [ipvs] sync = { interface = "back" }: both daemons, with the kernel's own group and port
)";

// The kernel keeps them in ticks, as a signed number (ip_vs_set_timeout()).
constexpr auto kLongestTimeout = 24h * 31;

constexpr std::int64_t kHighestBase = (std::int64_t{1} << 32) - kFwmarks;

const Rows<TimeoutsSpec>& timeouts_rows() {
  static const auto rows =
      Rows<TimeoutsSpec>()
          .add("tcp", &TimeoutsSpec::tcp, Span{1s, kLongestTimeout, 1s},
               "how long an idle connection stays in the table")
          .like("\"15m\"")
          .add("tcp_fin", &TimeoutsSpec::tcp_fin, Span{1s, kLongestTimeout, 1s}, "after the first FIN")
          .like("\"2m\"")
          .add("udp", &TimeoutsSpec::udp, Span{1s, kLongestTimeout, 1s},
               "how long after its last packet a UDP client is known")
          .like("\"30s\"");
  return rows;
}

const Rows<SyncSpec>& sync_rows() {
  static const auto rows =
      Rows<SyncSpec>()
          .add("interface", &SyncSpec::interface, DeviceName{}, "where the other directors are")
          .like("\"back\"")
          .required()
          .add("group", &SyncSpec::group, kAddress, "multicast group, of either family")
          .like("\"224.0.0.81\"")
          .add("port", &SyncSpec::port, Whole{1, 65535}, "UDP port")
          .add("ttl", &SyncSpec::ttl, Whole{1, 255}, "how many routers it may pass")
          .add("id", &SyncSpec::id, Whole{0, 255},
               "only directors of one id hear one another; a backup of 0 hears all")
          .add("max_length", &SyncSpec::max_length, Whole{48, 65507},
               "bytes a message; unset: as the MTU allows")
          .like("1472");
  return rows;
}

template <class S>
void read_table(const ReadContext& scope, std::string_view key, const Value& value, const Rows<S>& rows,
                std::string_view example, std::optional<Section<S>>& into) {
  const auto* table = value.as<Table>();
  if (table == nullptr) return scope.problem(value.place, key, not_a("a table", example, value));
  into = read_one(scope.silent().inside(key), value.place, rows, *table);
  into->path = scope.inside(key).user_path;
}

const Rows<IpvsSpec>& ipvs_rows() {
  static const auto rows = [] {
    Rows<IpvsSpec> made;
    made.custom(
            table_setting("timeouts", "table", "{ tcp, tcp_fin, udp }",
                          "of connections; unset: as the host has them"),
            [](const ReadContext& scope, const Value& value, IpvsSpec& ipvs) {
              read_table(scope, "timeouts", value, timeouts_rows(), kTimeoutsExample, ipvs.timeouts);
            },
            [](const IpvsSpec& ipvs) {
              return ipvs.timeouts ? std::optional(inline_table(timeouts_rows(), ipvs.timeouts->spec))
                                   : std::nullopt;
            })
        .like(kTimeoutsExample);
    made.custom(
            table_setting("sync", "table", "{ interface, group, port, ttl, id, max_length }",
                          "tell the other directors of connections, and hear of theirs"),
            [](const ReadContext& scope, const Value& value, IpvsSpec& ipvs) {
              read_table(scope, "sync", value, sync_rows(), kSyncExample, ipvs.sync);
            },
            [](const IpvsSpec& ipvs) {
              return ipvs.sync ? std::optional(inline_table(sync_rows(), ipvs.sync->spec)) : std::nullopt;
            })
        .like(kSyncExample);
    made.add("fwmark_base", &IpvsSpec::fwmark_base, Whole{1, kHighestBase},
             "firewall marks of port ranges and of more than 8 addresses are from here on, 16777216 of them");
    return made;
  }();
  return rows;
}

// ip_vs_genl_new_daemon()
void sync_is_sound(const File& file, Report& report) {
  const auto& sync = file.ipvs.sync;
  if (sync && !sync->has("interface"))
    fault(report, *sync, "interface", "is missing: where are the other directors?");
  if (sync && !sync->spec.group.is_multicast())
    fault(report, *sync, "group", fmt::format("{} is not multicast", sync->spec.group));
}

std::uint32_t in_seconds(const std::optional<Milliseconds>& time) {
  return time ? static_cast<std::uint32_t>(std::chrono::duration_cast<std::chrono::seconds>(*time).count())
              : 0;
}

void build_ipvs(const File& file, Config& config) {
  if (const auto& timeouts = file.ipvs.timeouts) {
    const auto& [tcp, tcp_fin, udp] = timeouts->spec;
    config.ipvs_timeouts = IpvsTimeouts{in_seconds(tcp), in_seconds(tcp_fin), in_seconds(udp)};
  }
  if (const auto& sync = file.ipvs.sync) {
    const auto& spec = sync->spec;
    config.ipvs_sync =
        SyncDaemon{spec.interface, spec.id, spec.max_length.value_or(0), spec.group, spec.port, spec.ttl};
  }
}

}  // namespace

SectionType Ipvs::type() {
  auto type = single_section("ipvs", "[ipvs]", Part::kNetd, ipvs_rows(), &File::ipvs, kIpvsExample);
  describe(type.info, "timeouts", "[ipvs] timeouts", timeouts_rows(), kTimeoutsSectionExample);
  describe(type.info, "sync", "[ipvs] sync", sync_rows(), kSyncSectionExample);
  type.rules.emplace_back(sync_is_sound);
  type.build = build_ipvs;
  return type;
}

}  // namespace hawser::config

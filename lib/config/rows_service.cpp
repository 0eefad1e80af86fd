// The rows of [check.*], [pool.*], [[pool.*.real]] and [service.*].
#include <charconv>

#include "lib/config/sections.h"

namespace hawser::config {

namespace {

using namespace std::chrono_literals;

constexpr std::string_view kTunnelExample = "{ type = \"gue\", port = 6080 }";
constexpr std::string_view kChecksExample = "[\"site\"]";
constexpr std::string_view kRealExample = "[\"198.51.100.21\", \"2001:db8:1::21\"]";

// `write ["site"]` for "site"
std::string in_list(const Value& value) {
  return value.as<std::string>() == nullptr ? std::string() : fmt::format("[{}]", in_words(value));
}

bool is_http(const Check& check) {
  return check.type == CheckType::kHttp;
}

const Word<Forwarding>& forwarding_word() {
  static const Word<Forwarding> word{{Forwarding::kMasquerade, Forwarding::kDirect, Forwarding::kTunnel}};
  return word;
}

// 200, "200" or "300-399".
std::optional<std::pair<int, int>> status_range(const Value& value) {
  constexpr int kLowest = 100;
  constexpr int kHighest = 599;
  std::pair<int, int> range{0, 0};
  if (const auto* number = value.as<std::int64_t>()) {
    if (*number < kLowest || *number > kHighest) return std::nullopt;
    range = {static_cast<int>(*number), static_cast<int>(*number)};
  } else if (const auto* text = value.as<std::string>()) {
    const auto* end = text->data() + text->size();
    const auto [middle, problem] = std::from_chars(text->data(), end, range.first);
    range.second = range.first;
    if (problem != std::errc{}) return std::nullopt;
    const auto [stop, second] = middle != end && *middle == '-'
                                    ? std::from_chars(middle + 1, end, range.second)
                                    : std::from_chars_result{middle, std::errc{}};
    if (second != std::errc{} || stop != end) return std::nullopt;
  }
  if (range.first < kLowest || range.second > kHighest || range.first > range.second) return std::nullopt;
  return range;
}

void read_status(const Scope& scope, const Value& value, Check& check) {
  const auto* list = value.as<List>();
  if (list == nullptr)
    return scope.problem(value.place, "status", not_a_list(value, "[200, \"300-399\"]", ""));
  if (list->empty()) scope.problem(value.place, "status", "must name at least one status");
  check.http.status.clear();
  for (const auto& item : *list) {
    if (const auto range = status_range(item))
      check.http.status.push_back(*range);
    else
      scope.problem(item.place, "status",
                    fmt::format("must be a status from 100 to 599 or a range such as \"300-399\", not {}",
                                in_words(item)));
  }
}

std::string show_status(const Check& check) {
  std::string text;
  for (const auto& [low, high] : check.http.status)
    text += fmt::format("{}{}", text.empty() ? "" : ", ",
                        low == high ? std::to_string(low) : fmt::format("\"{}-{}\"", low, high));
  return fmt::format("[{}]", text);
}

void read_type(const Scope& scope, const Value& value, Check& check) {
  static const std::vector<std::string_view> later{"https", "dns",      "icmp",  "udp",  "arp",  "tls",
                                                   "grpc",  "dialogue", "agent", "exec", "file", "passive"};
  const auto* text = value.as<std::string>();
  if (text != nullptr && std::ranges::find(later, *text) != later.end())
    return scope.problem(
        value.place, "type",
        fmt::format("{} is not supported by this version: write \"tcp\" or \"http\"", quote(*text)));
  const Fault fault = [&](const Value& at, std::string what) {
    scope.problem(at.place, "type", std::move(what));
  };
  Word<CheckType>{}.parse(value, check.type, [&](const Value& at, std::string what) {
    fault(at, with_right_value("type", at, std::move(what)));
  });
}

void add_http(Rows<Check>& rows) {
  rows.add(
          "method", [](auto& check) -> auto& { return check.http.method; }, OneOf{{"GET", "HEAD"}},
          "http: how it is asked for")
      .only_if(is_http)
      .add(
          "path", [](auto& check) -> auto& { return check.http.path; }, Text{}, "http: what is asked for")
      .like("\"/healthz\"")
      .only_if(is_http)
      .add(
          "host", [](auto& check) -> auto& { return check.http.host; }, Text{},
          "http: Host header; unset: the address")
      .like("\"www.example.com\"")
      .only_if(is_http);
  rows.custom(setting("status", "list of int or text", "100 to 599", "http: which answers are good"),
              read_status, show_status)
      .like("[200, \"300-399\"]")
      .only_if(is_http);
  rows.add(
          "contains", [](auto& check) -> auto& { return check.http.contains; }, AnyText{},
          "http: text that the body must contain")
      .like("\"OK\"")
      .only_if(is_http)
      .add(
          "max_body", [](auto& check) -> auto& { return check.http.max_body; }, Whole{0, 16'777'216},
          "http: bytes of the body that are read")
      .like("65536")
      .only_if(is_http);
}

void read_tunnel_into(const Scope& scope, const Value& value, std::optional<Section<TunnelSpec>>& tunnel) {
  const auto* table = value.as<Table>();
  if (table == nullptr) return scope.problem(value.place, "tunnel", not_a("a table", kTunnelExample, value));
  const auto inside = scope.silent().inside("tunnel");
  Section<TunnelSpec> section;
  section.path = inside.user_path;
  section.place = value.place;
  section.places = read_section(inside, tunnel_rows(), *table, section.spec);
  tunnel = std::move(section);
}

std::string show_tunnel(const std::optional<Section<TunnelSpec>>& tunnel) {
  return tunnel ? inline_table(tunnel_rows(), tunnel->spec) : std::string();
}

std::optional<std::vector<CheckRef>> read_checks(const Scope& scope, const Value& value) {
  const auto* list = value.as<List>();
  if (list == nullptr) {
    scope.problem(value.place, "checks", not_a_list(value, kChecksExample, in_list(value)));
    return std::nullopt;
  }
  std::vector<CheckRef> checks;
  for (const auto& item : *list) {
    CheckRef check;
    check.place = item.place;
    if (const auto* name = item.as<std::string>()) {
      check.name = *name;
    } else if (const auto* table = item.as<Table>()) {
      const auto inside = scope.silent().inside("checks");
      auto& written = check.written.emplace();
      written.path = inside.user_path;
      written.place = item.place;
      written.places = read_section(inside, check_rows(), *table, written.spec);
    } else {
      scope.problem(item.place, "checks", not_a("a check's name or a table", "{ type = \"tcp\" }", item));
      continue;
    }
    checks.push_back(std::move(check));
  }
  return checks;
}

std::string show_checks(const std::vector<CheckRef>& checks) {
  std::string text;
  for (const auto& check : checks)
    text += fmt::format("{}{}", text.empty() ? "" : ", ",
                        check.written ? inline_table(check_rows(), check.written->spec) : quote(check.name));
  return fmt::format("[{}]", text);
}

void read_real_address(const Scope& scope, std::string_view key, const Value& item, RealSpec& real) {
  const auto* text = item.as<std::string>();
  if (text == nullptr)
    return scope.problem(item.place, key, not_a("an address as text", "\"198.51.100.21:80\"", item));
  if (const auto address = IpAddress::parse(*text))
    real.addresses.push_back({*address, 0});
  else if (const auto endpoint = Endpoint::parse(*text); endpoint && endpoint->port > 0)
    real.addresses.push_back(*endpoint);
  else
    scope.problem(item.place, key, fmt::format("{} is not an address, with or without :PORT", quote(*text)));
}

void read_real_addresses(const Scope& scope, const Value& value, RealSpec& real) {
  const auto* list = value.as<List>();
  if (list == nullptr)
    return scope.problem(value.place, "addresses", not_a_list(value, kRealExample, in_list(value)));
  for (const auto& item : *list) read_real_address(scope, "addresses", item, real);
}

std::string show_real_addresses(const RealSpec& real) {
  std::string text;
  for (const auto& [address, port] : real.addresses)
    text += fmt::format("{}{}", text.empty() ? "" : ", ",
                        quote(port == 0 ? to_string(address) : to_string(Endpoint{address, port})));
  return fmt::format("[{}]", text);
}

void read_reals(const Scope& scope, const Value& value, PoolSpec& pool) {
  const auto* list = value.as<List>();
  if (list == nullptr)
    return scope.problem(value.place, "real", fmt::format("must be written as [[{}.real]]", scope.user_path));
  for (const auto& item : *list) {
    const auto* table = item.as<Table>();
    if (table == nullptr) {
      scope.problem(item.place, "real", fmt::format("must be written as [[{}.real]]", scope.user_path));
      continue;
    }
    const auto inside = scope.inside(fmt::format("real[{}]", pool.reals.size() + 1));
    auto& real = pool.reals.emplace_back();
    real.path = inside.user_path;
    real.place = item.place;
    real.places = read_section(inside, real_rows(), *table, real.spec);
  }
}

// A service with `pool` leaves these to it.
template <class S>
bool has_pool_keys(const S& section) {
  if constexpr (std::is_same_v<S, ServiceSpec>)
    return section.pool.empty();
  else
    return true;
}

template <class S>
void add_pool_rows(Rows<S>& rows) {
  rows.custom(
          setting("checks", "list of name or table", "", "what a real server must pass"),
          [](const Scope& scope, const Value& value, S& pool) {
            if (auto checks = read_checks(scope, value)) pool.checks = std::move(*checks);
          },
          [](const S& pool) { return show_checks(pool.checks); })
      .like(kChecksExample)
      .only_if(has_pool_keys<S>);
  rows.add("need", &S::need, Word<Need>{}, "how many of the checks must pass")
      .only_if(has_pool_keys<S>)
      .add("forwarding", &S::forwarding, forwarding_word(),
           "how packets reach the real servers; masquerade needs forwarding here and the way back: netd(8)")
      .only_if(has_pool_keys<S>)
      .add("on_failure", &S::on_failure, Word<OnFailure>{},
           "a failed real server is taken out, or gets weight 0 and keeps its connections")
      .only_if(has_pool_keys<S>);
  rows.custom(
          table_setting("tunnel", "table", "{ type, port, checksum }",
                        "encapsulation, with forwarding tunnel"),
          [](const Scope& scope, const Value& value, S& pool) {
            read_tunnel_into(scope, value, pool.tunnel);
          },
          [](const S& pool) { return show_tunnel(pool.tunnel); })
      .like(kTunnelExample);
  rows.custom(table_setting("real", "list of table", "", "the real servers"), read_reals, {})
      .like("[{ address = \"198.51.100.21\" }]");
  rows.unsupported({"panic_threshold", "quorum", "quorum_hysteresis", "slow_start", "sorry", "source_nat"});
}

std::optional<Netmask> parse_netmask(const Value& value) {
  if (const auto* number = value.as<std::int64_t>())
    return *number >= 1 && *number <= 128 ? std::optional(Netmask{static_cast<int>(*number), false})
                                          : std::nullopt;
  const auto* text = value.as<std::string>();
  const auto mask = text == nullptr ? fail("") : IpAddress::parse(*text);
  if (!mask || !mask->is_v4()) return std::nullopt;
  const auto bits = mask->v4_host_order();
  const int length = std::countl_one(bits);
  if (length == 0 || std::popcount(bits) != length) return std::nullopt;
  return Netmask{length, true};
}

// The form tells for which family it is: one with dots is for IPv4 alone.
std::string show_netmask(const Netmask& mask) {
  if (!mask.dotted) return std::to_string(mask.length);
  const auto bits = mask.length == 0 ? 0U : ~0U << static_cast<unsigned>(32 - mask.length);
  return fmt::format("\"{}.{}.{}.{}\"", bits >> 24U, bits >> 16U & 0xFFU, bits >> 8U & 0xFFU, bits & 0xFFU);
}

void read_netmask(const Scope& scope, const Value& value, ServiceSpec& service) {
  service.persistence_netmask = parse_netmask(value);
  if (!service.persistence_netmask)
    scope.problem(
        value.place, "persistence_netmask",
        fmt::format("must be a prefix length such as 24 or a mask such as \"255.255.255.0\", not {}",
                    in_words(value)));
}

void add_service_rows(Rows<ServiceSpec>& rows) {
  rows.add("virtual", &ServiceSpec::virtuals, SomeOf<NonEmpty>{},
           "\"tcp ADDRESS:PORT\", \"udp ..\", \"sctp ..\", \"tcp @VIP:PORT\", \"fwmark N\", \"fwmark6 N\"")
      .like("[\"tcp 192.0.2.100:80\"]")
      .required()
      .add("protocol", &ServiceSpec::protocol, OneOf{{"tcp", "udp", "sctp"}},
           "for virtual addresses without one")
      .add("pool", &ServiceSpec::pool, NonEmpty{},
           "the real servers, a [pool.NAME]; required, unless the service has [[service.NAME.real]]")
      .add("scheduler", &ServiceSpec::scheduler,
           OneOf{{"rr", "wrr", "lc", "wlc", "lblc", "lblcr", "dh", "sh", "sed", "nq", "fo", "ovf", "mh",
                  "twos"}},
           "how connections are spread")
      .like("\"wrr\"")
      .add("scheduler_flags", &ServiceSpec::scheduler_flags,
           ListOf{OneOf{{"sh-fallback", "sh-port", "mh-fallback", "mh-port", "flag-1", "flag-2", "flag-3"}}},
           "of the schedulers sh and mh")
      .add("persistence", &ServiceSpec::persistence, Span{1s, 31 * 24h, 1s},
           "how long a client stays with its real server")
      .like("\"300s\"");
  rows.custom(setting("persistence_netmask", "int or text", "1 to 128",
                      "clients that stay together: prefix length or mask"),
              read_netmask,
              [](const ServiceSpec& service) {
                return service.persistence_netmask ? show_netmask(*service.persistence_netmask) : "";
              })
      .like("24");
  rows.add("persistence_engine", &ServiceSpec::persistence_engine, OneOf{{"sip"}}, "what tells clients apart")
      .add("one_packet", &ServiceSpec::one_packet, Flag{}, "udp: schedule each packet by itself")
      .unsupported({"probe_source"});
}

}  // namespace

const Rows<Check>& check_rows() {
  static const auto rows = [] {
    Rows<Check> made;
    made.custom(setting("type", "text", "\"tcp\" or \"http\"", "what is tried"), read_type,
                [](const Check& check) { return quote(name_of(check.type)); })
        .like("\"http\"")
        .required();
    made.add("interval", &Check::interval, Span{10ms, 24h}, "time between two tries")
        .add("timeout", &Check::timeout, Span{1ms, 1h}, "how long an answer may take")
        .add("fall", &Check::fall, Whole{1, 1000}, "failures in a row that make it down")
        .add("rise", &Check::rise, Whole{1, 1000}, "successes in a row that make it up")
        .add("address", &Check::address, kAddress, "where it is not the real server's")
        .add("port", &Check::port, Whole{1, 65535}, "where it is not the real server's");
    add_http(made);
    made.unsupported({"fast_interval", "jitter",    "start",    "hold_down",  "interface", "source",
                      "mark",          "headers",   "matches",  "sha256",     "json",      "redirects",
                      "tls",           "query",     "record",   "answer",     "rcode",     "transport",
                      "send",          "expect",    "steps",    "user",       "password",  "database",
                      "program",       "arguments", "contract", "dead_after", "depends",   "alerts"});
    return made;
  }();
  return rows;
}

const Rows<TunnelSpec>& tunnel_rows() {
  static const auto rows =
      Rows<TunnelSpec>()
          .add("type", &TunnelSpec::type, Word<TunnelType>{}, "encapsulation")
          .add("port", &TunnelSpec::port, Whole{0, 65535}, "gue: UDP port")
          .like("6080")
          .only_if([](const TunnelSpec& tunnel) { return tunnel.type == TunnelType::kGue; })
          .add("checksum", &TunnelSpec::checksum, Flag{}, "gue, gre: with checksum")
          .only_if([](const TunnelSpec& tunnel) { return tunnel.type != TunnelType::kIpip; });
  return rows;
}

const Rows<RealSpec>& real_rows() {
  static const auto rows = [] {
    Rows<RealSpec> made;
    made.add("name", &RealSpec::name, NonEmpty{}, "unique in its pool; unset: ADDRESS:PORT");
    made.custom(setting("addresses", "list of address", "",
                        "at most one of each family; this or address is required"),
                read_real_addresses, show_real_addresses)
        .like(kRealExample)
        .only_if([](const RealSpec& real) { return !real.addresses.empty(); });
    made.custom(setting("address", "address", "", "the short form: one address, with or without :PORT"),
                [](const Scope& scope, const Value& value, RealSpec& real) {
                  read_real_address(scope, "address", value, real);
                },
                {})
        .like("\"198.51.100.21:80\"")
        .alias_of("addresses");
    made.add("port", &RealSpec::port, Whole{1, 65535}, "unset: the service's")
        .like("8080")
        .add("weight", &RealSpec::weight, Whole{0, kMaxInt}, "its share; 0: no new connections")
        .add("forwarding", &RealSpec::forwarding, forwarding_word(), "unset: the pool's");
    made.custom(
            table_setting("tunnel", "table", "{ type, port, checksum }", "unset: the pool's"),
            [](const Scope& scope, const Value& value, RealSpec& real) {
              read_tunnel_into(scope, value, real.tunnel);
            },
            [](const RealSpec& real) { return show_tunnel(real.tunnel); })
        .like(kTunnelExample);
    made.add("upper_threshold", &RealSpec::upper_threshold, Whole{0, kMax32},
             "connections above which it gets no new ones; 0: no limit")
        .add("lower_threshold", &RealSpec::lower_threshold, Whole{0, kMax32},
             "connections below which it gets new ones again");
    made.custom(
            setting("checks", "list of name or table", "", "unset: the pool's"),
            [](const Scope& scope, const Value& value, RealSpec& real) {
              real.checks = read_checks(scope, value);
            },
            [](const RealSpec& real) { return real.checks ? show_checks(*real.checks) : std::string(); })
        .like(kChecksExample);
    made.unsupported({"depends"});
    return made;
  }();
  return rows;
}

const Rows<PoolSpec>& pool_rows() {
  static const auto rows = [] {
    Rows<PoolSpec> made;
    add_pool_rows(made);
    return made;
  }();
  return rows;
}

const Rows<ServiceSpec>& service_own_rows() {
  static const auto rows = [] {
    Rows<ServiceSpec> made;
    add_service_rows(made);
    return made;
  }();
  return rows;
}

const Rows<ServiceSpec>& service_rows() {
  static const auto rows = [] {
    Rows<ServiceSpec> made;
    add_service_rows(made);
    add_pool_rows(made);
    return made;
  }();
  return rows;
}

}  // namespace hawser::config

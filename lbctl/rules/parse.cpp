#include "lbctl/rules/parse.h"

#include <algorithm>
#include <array>
#include <optional>
#include <span>

#include "lbctl/rules/options.h"
#include "lib/base/enum_set.h"

namespace hawser::lbctl {

namespace {

using enum RuleOption;

constexpr std::uint32_t kMonth = 31 * 24 * 3600;  // MAX_TIMEOUT of ipvsadm, seconds
constexpr std::uint32_t kBarePersistence = 360;   // IPVS_SVC_PERSISTENT_TIMEOUT; its manual says 300
constexpr std::uint32_t kMaxNumber = 0x7fffffff;
constexpr std::size_t kMaxName = 15;        // IP_VS_SCHEDNAME_MAXLEN, IFNAMSIZ with the closing NUL
constexpr std::size_t kMaxEngineName = 16;  // IP_VS_PENAME_MAXLEN

// A line while its options are taken in order, as ipvsadm takes them: -6 changes the mark before it, -M is
// read by the family that is known then.
struct LineDraft {
  RuleOption command{};
  ServiceKey key;
  Service service;
  std::optional<std::string_view> flags;  // none: -b without them
  Endpoint real;
  bool real_has_port = false;
  RealServer server{Forwarding::kDirect, 1, 0, 0, {}};
  IpvsTimeouts timeouts;
  SyncRole role{};
  SyncDaemon daemon{"eth0", 0, 0, IpAddress::v4(224, 0, 0, 81), 8848, 1};
  EnumSet<RuleOption> given;

  [[nodiscard]] bool has_any(std::initializer_list<RuleOption> options) const {
    return std::ranges::any_of(options, [this](RuleOption option) { return given.contains(option); });
  }
};

constexpr std::array kServiceOptions{kTcp, kUdp, kSctp, kFwmark};
constexpr std::array kSchedulingOptions{kScheduler, kSchedFlags, kPersistent, kNetmask, kPe, kOps};
constexpr std::array kForwardOptions{kMasquerading, kIpip, kGatewaying};
constexpr std::array kServerOptions{kMasquerading, kIpip,    kGatewaying, kWeight,  kUThreshold, kLThreshold,
                                    kTunType,      kTunPort, kTunNocsum,  kTunCsum, kTunRemcsum};
constexpr std::array kDaemonOptions{kMcastInterface, kSyncid,    kSyncMaxlen,
                                    kMcastGroup,     kMcastPort, kMcastTtl};

template <class Options>
bool is_one_of(const Options& options, RuleOption option) {
  return std::ranges::find(options, option) != options.end();
}

bool is_allowed(RuleOption command, RuleOption option) {
  const bool of_service = is_one_of(kServiceOptions, option) || option == kIpv6;
  switch (command) {
    case kAddService:
    case kEditService:
      return of_service || is_one_of(kSchedulingOptions, option);
    case kDeleteService:
    case kZero:
      return of_service;
    case kAddServer:
    case kEditServer:
      return of_service || option == kRealServer || is_one_of(kServerOptions, option);
    case kDeleteServer:
      return of_service || option == kRealServer;
    case kStartDaemon:
      return is_one_of(kDaemonOptions, option);
    case kStopDaemon:
      return option == kSyncid;
    default:
      return false;
  }
}

// What stands for one thing and may be given once: three ways of forwarding are one option.
RuleOption slot_of(RuleOption option) {
  if (is_one_of(kServiceOptions, option)) return kTcp;
  if (is_one_of(kForwardOptions, option)) return kMasquerading;
  return option;
}

Transport transport_of(RuleOption option) {
  return option == kUdp ? Transport::kUdp : option == kSctp ? Transport::kSctp : Transport::kTcp;
}

class LineReader {
 public:
  explicit LineReader(const RuleNames& names) : names_(names) {}

  Result<RuleAction> read(std::span<const std::string_view> words) {
    auto given = read_options(words);
    if (!given) return tl::unexpected(given.error());
    if (auto taken = take_command(*given); !taken) return tl::unexpected(taken.error());
    for (std::size_t i = 1; i < given->options.size(); ++i)
      if (auto taken = take(given->options[i]); !taken)
        return fail_because(given->options[i].name, taken.error());
    if (auto taken = take_leftover(given->leftover); !taken) return tl::unexpected(taken.error());
    if (auto whole = finish(); !whole) return tl::unexpected(whole.error());
    return action();
  }

 private:
  Status take_command(const GivenOptions& given) {
    if (given.options.empty() || !is_command(given.options.front().option))
      return fail("a command comes first, such as -A or -a");
    const auto& first = given.options.front();
    draft_.command = first.option;
    switch (first.option) {
      case kList:
      case kSave:
      case kHelp:
      case kVersion:
        return fail("{}: changes nothing: it is not a rule", first.name);
      case kRestore:
        return fail("{}: rules cannot be read from rules", first.name);
      case kStartDaemon:
      case kStopDaemon:
        return take_role(first);
      default:
        return {};
    }
  }

  Status take_role(const GivenOption& option) {
    const auto role = from_name<SyncRole>(option.value);
    if (!role) return fail("{}: \"{}\" is neither master nor backup", option.name, option.value);
    draft_.role = *role;
    return {};
  }

  Status take(const GivenOption& option) {
    if (is_command(option.option)) return fail("a second command");
    if (!is_allowed(draft_.command, option.option))
      return fail("does not belong to --{}", long_name(draft_.command));
    const auto slot = slot_of(option.option);
    if (slot != kIpv6 && draft_.has_any({slot})) return fail("given twice");
    draft_.given.add(slot);
    draft_.given.add(option.option);
    if (is_one_of(kServiceOptions, option.option) || option.option == kIpv6) return take_service(option);
    if (is_one_of(kSchedulingOptions, option.option)) return take_scheduling(option);
    if (is_one_of(kDaemonOptions, option.option)) return take_daemon(option);
    return take_server(option);
  }

  Status take_service(const GivenOption& option) {
    auto& key = draft_.key;
    if (option.option == kIpv6) {
      if (key.fwmark == 0) return fail("must come after -f");
      key.virtual_address.address = *IpAddress::parse("::");
      draft_.service.netmask = 128;
      return {};
    }
    if (option.option == kFwmark) {
      const auto mark = parse_rule_mark(option.value);
      if (!mark) return tl::unexpected(mark.error());
      key = {Transport::kFwmark, {}, *mark};
      return {};
    }
    const auto address = parse_rule_address(option.value, transport_of(option.option), names_);
    if (!address) return tl::unexpected(address.error());
    key = {transport_of(option.option), {address->address, address->port.value_or(0)}, 0};
    if (key.family() == Family::kIpv6) draft_.service.netmask = 128;
    return {};
  }

  Status take_scheduling(const GivenOption& option) {
    auto& service = draft_.service;
    switch (option.option) {
      case kScheduler:
        return take_name(option, kMaxName, service.scheduler);
      case kSchedFlags:
        if (option.has_value) draft_.flags = option.value;
        return {};
      case kPersistent:
        service.flags |= static_cast<std::uint32_t>(ServiceFlag::kPersistent);
        service.persistence_timeout = kBarePersistence;
        return option.has_value ? take_number(option, 1, kMonth, service.persistence_timeout) : Status{};
      case kNetmask:
        return parse_rule_netmask(option.value, draft_.key.family()).map([&](std::uint32_t length) {
          service.netmask = length;
        });
      case kPe:
        return take_name(option, kMaxEngineName, service.persistence_engine);
      default:
        service.flags |= static_cast<std::uint32_t>(ServiceFlag::kOnePacket);
        return {};
    }
  }

  Status take_server(const GivenOption& option) {
    auto& server = draft_.server;
    switch (option.option) {
      case kRealServer:
        return take_real(option);
      case kMasquerading:
        server.forwarding = Forwarding::kMasquerade;
        return {};
      case kIpip:
        server.forwarding = Forwarding::kTunnel;
        return {};
      case kGatewaying:
        server.forwarding = Forwarding::kDirect;
        return {};
      case kWeight:
        return take_number(option, 0, kMaxNumber, server.weight);
      case kUThreshold:
        return take_number(option, 0, kMaxNumber, server.upper_threshold);
      case kLThreshold:
        return take_number(option, 0, kMaxNumber, server.lower_threshold);
      default:
        return take_tunnel(option, server.tunnel);
    }
  }

  Status take_real(const GivenOption& option) {
    const auto transport =
        draft_.key.transport == Transport::kFwmark ? Transport::kTcp : draft_.key.transport;
    const auto address = parse_rule_address(option.value, transport, names_);
    if (!address) return tl::unexpected(address.error());
    draft_.real = {address->address, address->port.value_or(0)};
    draft_.real_has_port = address->port.has_value();
    return {};
  }

  static Status take_tunnel(const GivenOption& option, Tunnel& tunnel) {
    constexpr std::uint16_t kChecksum = 1, kRemoteChecksum = 2;  // IP_VS_TUNNEL_ENCAP_FLAG_*
    switch (option.option) {
      case kTunType: {
        const auto type = from_name<TunnelType>(option.value);
        if (!type) return fail("\"{}\" is not {}", option.value, all_names<TunnelType>());
        tunnel.type = *type;
        return {};
      }
      case kTunPort:
        return take_number(option, 1, 65535, tunnel.port);
      case kTunCsum:
        tunnel.flags |= kChecksum;
        return {};
      case kTunRemcsum:
        tunnel.flags |= kRemoteChecksum;
        return {};
      default:
        return {};
    }
  }

  Status take_daemon(const GivenOption& option) {
    auto& daemon = draft_.daemon;
    switch (option.option) {
      case kMcastInterface:
        return take_name(option, kMaxName, daemon.interface);
      case kSyncid:
        return take_number(option, 0, 255, daemon.id);
      case kSyncMaxlen:
        return take_number(option, 1, 65507, daemon.maxlen);
      case kMcastPort:
        return take_number(option, 1, 65535, daemon.port);
      case kMcastTtl:
        return take_number(option, 1, 255, daemon.ttl);
      default: {
        const auto group = IpAddress::parse(option.value);
        if (!group || !group->is_multicast()) return fail("\"{}\" is not a multicast address", option.value);
        daemon.group = *group;
        return {};
      }
    }
  }

  template <class Number>
  static Status take_number(const GivenOption& option, std::uint32_t least, std::uint32_t most,
                            Number& into) {
    return parse_rule_number(option.value, least, most).map([&](std::uint32_t number) {
      into = static_cast<Number>(number);
    });
  }

  static Status take_name(const GivenOption& option, std::size_t most, std::string& into) {
    if (option.value.empty() || option.value.size() > most)
      return fail("\"{}\" is not a name of 1 to {} characters", option.value, most);
    into = option.value;
    return {};
  }

  Status take_leftover(const std::vector<std::string_view>& words) {
    const bool timeouts = draft_.command == kSet;
    if (!timeouts && !words.empty()) return fail("\"{}\" belongs to no option", words.front());
    if (!timeouts) return {};
    if (words.size() != 3) return fail("--set: takes three timeouts, of tcp, tcp after a FIN, and udp");
    auto word = words.begin();
    for (auto* into : {&draft_.timeouts.tcp, &draft_.timeouts.tcp_fin, &draft_.timeouts.udp}) {
      const auto number = parse_rule_number(*word++, 0, kMonth);
      if (!number) return fail_because("--set", number.error());
      *into = *number;
    }
    return {};
  }

  // --- across options ---

  Status finish() {
    const auto command = draft_.command;
    const bool of_servers = command == kAddServer || command == kEditServer || command == kDeleteServer;
    const bool needs_service =
        of_servers || command == kAddService || command == kEditService || command == kDeleteService;
    if (needs_service && !draft_.has_any({kTcp})) return fail("which service? -t, -u, --sctp-service or -f");
    if (of_servers && !draft_.has_any({kRealServer})) return fail("which real server? -r");
    if (command == kAddService || command == kEditService) return finish_service();
    return of_servers ? finish_real() : Status{};
  }

  Status finish_service() {
    auto& service = draft_.service;
    const auto& key = draft_.key;
    const bool marked = key.transport == Transport::kFwmark;
    if (service.netmask == 0) service.netmask = 32;
    if (!marked && key.virtual_address.port == 0 && !has_flag(service, ServiceFlag::kPersistent))
      return fail("port 0, any port, needs -p");
    if (has_flag(service, ServiceFlag::kOnePacket) && !marked && key.transport != Transport::kUdp)
      return fail("--ops: only udp and fwmark have it");
    if (!draft_.has_any({kSchedFlags})) return {};
    const auto flags = draft_.flags ? parse_rule_flags(*draft_.flags, service.scheduler)
                                    : parse_missing_rule_flags(service.scheduler);
    return flags.map([&](std::uint32_t bits) { service.flags |= bits; });
  }

  Status finish_real() {
    auto& server = draft_.server;
    const bool marked = draft_.key.transport == Transport::kFwmark;
    if (!draft_.real_has_port) draft_.real.port = draft_.key.virtual_address.port;
    if (draft_.command == kDeleteServer) return {};
    if (auto fits = finish_tunnel(); !fits) return fits;
    const auto service_port = draft_.key.virtual_address.port;
    if (!marked && server.forwarding != Forwarding::kMasquerade && draft_.real.port != service_port)
      return fail("-r: port {} must be the service's, {}: {} cannot change it", draft_.real.port,
                  service_port, name_of(server.forwarding));
    return {};
  }

  Status finish_tunnel() {
    const auto& tunnel = draft_.server.tunnel;
    const bool given = draft_.has_any({kTunType, kTunPort, kTunNocsum, kTunCsum, kTunRemcsum});
    if (!given) return {};
    if (draft_.server.forwarding != Forwarding::kTunnel) return fail("--tun-..: belongs to -i");
    if (tunnel.type == TunnelType::kGue && tunnel.port == 0) return fail("--tun-port: gue needs it");
    if (tunnel.type != TunnelType::kGue && tunnel.port != 0) return fail("--tun-port: only gue has it");
    if (tunnel.type == TunnelType::kIpip && draft_.has_any({kTunNocsum, kTunCsum, kTunRemcsum}))
      return fail("--tun-csum: ipip has no checksum");
    if (tunnel.type != TunnelType::kGue && draft_.has_any({kTunRemcsum}))
      return fail("--tun-remcsum: only gue has it");
    if (int{draft_.has_any({kTunNocsum})} + int{draft_.has_any({kTunCsum})} +
            int{draft_.has_any({kTunRemcsum})} >
        1)
      return fail("--tun-csum: given twice, in different words");
    return {};
  }

  [[nodiscard]] RuleAction action() const {
    const auto& key = draft_.key;
    switch (draft_.command) {
      case kAddService:
        return AddService{key, draft_.service};
      case kEditService:
        return EditService{key, {}, draft_.service};
      case kDeleteService:
        return DeleteService{key};
      case kAddServer:
        return AddReal{key, draft_.real, draft_.server};
      case kEditServer:
        return EditReal{key, draft_.real, {}, draft_.server};
      case kDeleteServer:
        return DeleteReal{key, draft_.real};
      case kSet:
        return SetIpvsTimeouts{{}, draft_.timeouts};
      case kStartDaemon:
        return StartSync{draft_.role, draft_.daemon};
      case kStopDaemon:
        return StopSync{draft_.role};
      case kZero:
        return ZeroCounters{draft_.has_any({kTcp}) ? std::optional(key) : std::nullopt};
      default:
        return ClearTable{};
    }
  }

  const RuleNames& names_;
  LineDraft draft_;
};

std::vector<std::string_view> words_of(std::string_view line) {
  constexpr std::string_view kBlanks = " \t\r";
  constexpr std::size_t kUsual = 12;
  std::vector<std::string_view> words;
  words.reserve(kUsual);
  while (true) {
    const auto start = line.find_first_not_of(kBlanks);
    if (start == std::string_view::npos) return words;
    const auto end = std::min(line.find_first_of(kBlanks, start), line.size());
    words.push_back(line.substr(start, end - start));
    line.remove_prefix(end);
  }
}

}  // namespace

Result<std::optional<RuleAction>> parse_rule(std::string_view line, const RuleNames& names) {
  auto words = words_of(line);
  if (!words.empty() && words.front() == "ipvsadm") words.erase(words.begin());
  if (words.empty() || words.front().starts_with("#")) return std::nullopt;
  return LineReader(names).read(words).map(
      [](RuleAction&& action) { return std::optional(std::move(action)); });
}

ParsedRules parse_rules(std::string_view text, const RuleNames& names) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  ParsedRules parsed;
  parsed.rules.reserve(static_cast<std::size_t>(std::ranges::count(text, '\n')) + 1);
  for (std::size_t number = 1; !text.empty(); ++number) {
    const auto end = text.find('\n');
    auto action = parse_rule(text.substr(0, end), names);
    if (!action)
      parsed.problems.push_back({number, action.error().text, false});
    else if (*action)
      parsed.rules.push_back({number, std::move(**action)});
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return parsed;
}

}  // namespace hawser::lbctl

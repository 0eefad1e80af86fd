#include "lib/config/sections/vip.h"

#include "lib/config/sections/devices.h"
#include "lib/config/sections/make_section.h"

namespace hawser::config {

namespace {

using namespace std::chrono_literals;

constexpr std::string_view kVipExample = R"([vip.web]
interface = "front"
addresses = ["192.0.2.100", "2001:db8::100"]
virtual_router_id = 51
priority = { lb1 = 150, lb2 = 100 }         # lb3 does not hold it
preempt = "60s"                             # take over 60 s after coming back
)";

constexpr std::string_view kVipAnnounceExample = R"([vip.mail]
interface = "front"
addresses = ["192.0.2.101"]
virtual_router_id = 52
priority = { lb1 = 50, lb2 = 150, lb3 = 100 }
announce = { count = 3, interval = "500ms", refresh = "1m" }
)";

constexpr std::string_view kAddressesExample = "[\"192.0.2.100\"]";
constexpr std::string_view kAnnounceExample = "{ count = 5, interval = \"1s\" }";

std::string meant_list(const Value& value) {
  const auto* text = value.as<std::string>();
  if (text == nullptr || !Prefix::parse(*text)) return {};
  return fmt::format("[{}]", quote(*text));
}

// "192.0.2.100", "192.0.2.100/24" or { address = "192.0.2.100", interface = "back" }.
const Rows<VipAddress>& address_rows() {
  static const auto rows = Rows<VipAddress>()
                               .add("address", &VipAddress::prefix, kPrefix, "the address")
                               .add("interface", &VipAddress::interface, NonEmpty{}, "where it lives");
  return rows;
}

bool read_address(const ReadContext& scope, const Value& item, VipAddress& address) {
  const Fault fault = [&](const Value& at, std::string what) {
    scope.problem(at.place, "addresses", std::move(what));
  };
  const auto* table = item.as<Table>();
  if (table == nullptr) return kPrefix.parse(item, address.prefix, fault);
  read_section(scope.silent().inside("addresses"), address_rows(), *table, address);
  const auto* written = find(*table, "address");
  if (written == nullptr) fault(item, "address is missing: write { address = .., interface = .. }");
  if (written != nullptr && !scope.report.faulty(written->place)) return true;
  scope.report.mark_faulty(item.place);
  return false;
}

void read_addresses(const ReadContext& scope, const Value& value, VipSpec& vip) {
  const auto* list = value.as<List>();
  if (list == nullptr)
    return scope.problem(value.place, "addresses", not_a_list(value, kAddressesExample, meant_list(value)));
  if (list->empty()) scope.problem(value.place, "addresses", "must hold at least one address");
  for (const auto& item : *list) {
    VipAddress address;
    if (read_address(scope, item, address)) vip.addresses.push_back(std::move(address));
  }
}

std::optional<Value> write_addresses(const VipSpec& vip) {
  List list;
  for (const auto& address : vip.addresses)
    list.push_back(address.interface.empty() ? plain_value(to_string(address.prefix))
                                             : inline_table(address_rows(), address));
  return plain_value(std::move(list));
}

void read_version(const ReadContext& scope, const Value& value, VipSpec& vip) {
  const auto* number = value.as<std::int64_t>();
  if (number == nullptr || (*number != 2 && *number != 3))
    return scope.problem(value.place, "version", fmt::format("must be 2 or 3, not {}", in_words(value)));
  vip.version = static_cast<int>(*number);
}

void read_preempt(const ReadContext& scope, const Value& value, VipSpec& vip) {
  const Span delay{0ms, 1h};
  if (const auto* flag = value.as<bool>()) {
    vip.preempt = *flag;
    return;
  }
  if (value.as<std::string>() == nullptr)
    return scope.problem(
        value.place, "preempt",
        fmt::format("must be true, false or a delay such as \"60s\", not {}", in_words(value)));
  const Fault fault = [&](const Value& at, std::string what) {
    scope.problem(at.place, "preempt", std::move(what));
  };
  if (delay.parse(value, vip.preempt_delay, fault)) vip.preempt = true;
}

std::optional<Value> write_preempt(const VipSpec& vip) {
  if (!vip.preempt || vip.preempt_delay == 0ms) return plain_value(vip.preempt);
  return plain_value(format_duration(vip.preempt_delay));
}

const Rows<Announce>& announce_rows() {
  static const auto rows =
      Rows<Announce>()
          .add("count", &Announce::count, Whole{0, 100}, "announcements per address")
          .add("interval", &Announce::interval, Span{10ms, 1h}, "time between two")
          .add("refresh", &Announce::refresh, Span{0ms, 24h}, "again and again; 0s: never")
          .add("rate", &Announce::rate, Whole{0, 1'000'000},
               "addresses announced in a second at most; 0: as fast as it goes");
  return rows;
}

// "auto", "off" or a duration.
void read_lease(const ReadContext& scope, const Value& value, VipSpec& vip) {
  const Span lengths{2s, 1h};
  const auto* word = value.as<std::string>();
  if (word != nullptr && (*word == "auto" || *word == "off")) {
    vip.lease = {{}, *word == "off"};
    return;
  }
  if (word == nullptr)
    return scope.problem(
        value.place, "lease",
        fmt::format("must be \"auto\", \"off\" or a duration such as \"10s\", not {}", in_words(value)));
  Milliseconds length{};
  const Fault fault = [&](const Value& at, std::string what) {
    scope.problem(at.place, "lease", std::move(what));
  };
  if (lengths.parse(value, length, fault)) vip.lease = {length, false};
}

std::optional<Value> write_lease(const VipSpec& vip) {
  if (vip.lease.off) return plain_value(std::string("off"));
  return plain_value(vip.lease.length ? format_duration(*vip.lease.length) : std::string("auto"));
}

void read_announce(const ReadContext& scope, const Value& value, VipSpec& vip) {
  const auto* table = value.as<Table>();
  if (table == nullptr)
    return scope.problem(value.place, "announce", not_a("a table", kAnnounceExample, value));
  read_section(scope.silent().inside("announce"), announce_rows(), *table, vip.announce.change());
}

void read_track(const ReadContext& scope, const Value& value, VipSpec& vip) {
  const auto* list = value.as<List>();
  if (list == nullptr)
    return scope.problem(value.place, "track",
                         fmt::format("must be a list of tables, not {}", in_words(value)));
  for (const auto& item : *list) {
    const auto* table = item.as<Table>();
    if (table == nullptr) {
      scope.problem(item.place, "track",
                    fmt::format("must be {{ interface = .., weight = .. }}, not {}", in_words(item)));
      continue;
    }
    const auto* weight = find(*table, "weight");
    if (weight == nullptr) continue;
    const auto* number = weight->as<std::int64_t>();
    if (number == nullptr || *number < -253 || *number > 253)
      scope.problem(weight->place, "track.weight",
                    fmt::format("must be from -253 to 253, not {}", in_words(*weight)));
    else
      vip.track_weights.push_back({weight->place, static_cast<std::int32_t>(*number)});
  }
}

void add_timing(Rows<VipSpec>& rows) {
  rows.custom(setting("preempt", "bool or duration", "",
                      "whether a node with a higher priority takes over, and when"),
              read_preempt, write_preempt)
      .like("\"60s\"")
      .add("startup_delay", &VipSpec::startup_delay, Span{0ms, 1h},
           "time after the start in which it takes no part; not after a restart that finds its addresses")
      .add("return_delay", &VipSpec::return_delay, Span{0ms, 1h},
           "the same after its interface, or all others, were lost: where routing needs time until all is "
           "reachable again");
  rows.custom(
          setting("lease", "\"auto\", \"off\" or duration", "\"auto\"",
                  "how long the kernel keeps the addresses of a vipd that is gone for good or hangs; off: "
                  "for ever"),
          read_lease, write_lease)
      .like("\"10s\"");
  auto announce = setting("announce", "table", "{ count, interval, refresh, rate }",
                          "gratuitous ARP and unsolicited neighbour advertisements after a takeover");
  announce.per_node = false;
  rows.custom(std::move(announce), read_announce,
              [](const VipSpec& vip) { return inline_table(announce_rows(), *vip.announce); })
      .like(kAnnounceExample);
}

void build_vips(const File& file, Config& config) {
  Sharer<VipManner> sharer;
  for (const auto& [name, section] : file.vips) {
    auto vip = section.spec;
    vip.name = name;
    vip.interface = device_of(file, vip.interface);
    const auto home = vip.provider.empty() ? vip.interface : std::string(kRoutedDevice);
    for (auto& address : vip.addresses)
      address.interface = address.interface.empty() ? home : device_of(file, address.interface);
    if (const auto all = file.priorities.find(name); all != file.priorities.end())
      vip.priorities = Sparse(all->second);
    vip.peers = peers_of(file, name, section, nullptr);
    if (const auto own = file.nodes.find(file.view.node); own != file.nodes.end())
      vip.own = own->second.spec.addresses;
    auto& built = config.vips.emplace(name, vip_of(std::move(vip))).first->second;
    sharer.share(built.manner);
  }
}

}  // namespace

const Rows<VipSpec>& vip_rows() {
  static const auto rows = [] {
    Rows<VipSpec> made;
    made.add("interface", &VipSpec::interface, NonEmpty{}, "where advertisements go and addresses live",
             Part::kAll)
        .like("\"eth0\"")
        .required();
    auto addresses = setting("addresses", "list of address, prefix or { address, interface }", "",
                             "what moves; /32 and /128 unless a prefix is written");
    addresses.part = Part::kAll;
    made.custom(std::move(addresses), read_addresses, write_addresses).like(kAddressesExample).required();
    made.add("virtual_router_id", &VipSpec::virtual_router_id, Whole{1, 255}, "the same on every node")
        .like("51")
        .required()
        .add("priority", &VipSpec::priority, Whole{1, 255},
             "the highest holds the addresses; 255: it owns them; a node that it does not name, without "
             "default, "
             "does not hold them")
        .like("{ lb1 = 150, lb2 = 100 }")
        .add("advertisement_interval", &VipSpec::advertisement_interval, Span{10ms, 40950ms, 10ms},
             "time between two advertisements");
    made.custom(setting("version", "2 or 3", "3", "of VRRP; 2: for routers that speak no other"),
                read_version, [](const VipSpec& vip) { return plain_value(std::int64_t{vip.version}); })
        .like("3");
    made.add("password", &VipSpec::password, NonEmpty{},
             "of version 2: where its up to 8 characters are; sent in clear, so it protects from mistakes "
             "only")
        .like("\"file:/etc/hawser/vrrp.password\"");
    add_hmac(made);
    made.add("checksum", &VipSpec::checksum, Word<VrrpChecksum>{}, "of version 3 over IPv4")
        .add("lead", &VipSpec::lead, Word<VrrpLead>{},
             "addresses of which family elect, while the others ride along; \"both\": an election each, for "
             "peers that run two; unset: IPv4 where there is such an address")
        .like("\"ipv6\"")
        .add("transport", &VipSpec::transport, Word<VrrpTransport>{}, "how the nodes hear each other")
        .like("\"unicast\"")
        .add("peers", &VipSpec::peer_words, ListOf{NonEmpty{}},
             "unicast: nodes or addresses; unset: every other node's address of the family")
        .like("[\"lb2\"]")
        .only_if([](const VipSpec& vip) { return !vip.peer_words.empty(); })
        .add("source", &VipSpec::source, kAddress, "source address of advertisements");
    add_timing(made);
    made.add("provider", &VipSpec::provider, NonEmpty{},
             "who routes the addresses: every node holds them, and the provider is told where they lead")
        .like("\"robot\"")
        .add("arbiter", &VipSpec::arbiter, Flag{}, "the role is taken only once the provider confirms")
        .add("require_fencing", &VipSpec::require_fencing, Flag{},
             "the role is taken only once the node that had it is off");
    made.add("reset_connections", &VipSpec::reset_connections, Flag{},
             "whether TCP connections of an address end when it goes to another host: programs here notice "
             "at once");
    made.add("accept", &VipSpec::accept, Flag{},
             "whether this host takes packets to the addresses while it is Active; false: they are dropped, "
             "only what IPVS, NAT or routing leads elsewhere gets through; the owner (priority 255) takes "
             "them "
             "always")
        .like("false");
    made.add(
        "virtual_mac", &VipSpec::virtual_mac, Flag{},
        "whether the addresses have a MAC of their own, which moves with them: 00:00:5e:00:01 and the router "
        "id, over IPv6 00:00:5e:00:02; on a macvlan of the interface");
    made.add("store", &VipSpec::store, Word<Store>{},
             "where IPv4 addresses live: on the interface, or, for thousands of them, spread over dummies or "
             "as "
             "routes of the local table, which have no lease")
        .like("\"spread\"");
    made.unsupported({"steps"}).unsupported("track", read_track);
    made.derived("name", &VipSpec::name, AnyText{})
        .derived("peer_addresses", &VipSpec::peers, ListOf{kAddress})
        .derived("own_addresses", &VipSpec::own, ListOf{kAddress});
    return made;
  }();
  return rows;
}

VipSpec spec_of(const Vip& vip) {
  VipSpec spec;
  static_cast<VipIdentity&>(spec) = vip;
  static_cast<VipManner&>(spec) = *vip.manner;
  return spec;
}

Vip vip_of(VipSpec spec) {
  Vip vip;
  static_cast<VipIdentity&>(vip) = std::move(static_cast<VipIdentity&>(spec));
  vip.manner = Shared(std::move(static_cast<VipManner&>(spec)));
  return vip;
}

void share_manners(std::vector<Vip>& vips) {
  Sharer<VipManner> sharer;
  for (auto& vip : vips) sharer.share(vip.manner);
}

SectionType Vips::type() {
  auto type = named_section("vip", "[vip.NAME]", Part::kVipd, vip_rows(), &File::vips, kVipExample);
  describe(type.info, "announce", "[vip.NAME] announce", announce_rows(), kVipAnnounceExample);
  take_defaults(type.info, vip_rows());
  type.info.is_elsewhere = vip_is_elsewhere;
  type.look_at_node = look_at_vips;
  type.rules.insert(type.rules.end(),
                    {check_vips, check_vip_hmac, check_vip_addresses, check_vip_providers, check_vip_stores});
  type.notes = {note_vips, note_vip_stores};
  type.complete_dump = dump_every_priority;
  type.build = build_vips;
  return type;
}

}  // namespace hawser::config

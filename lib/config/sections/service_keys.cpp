// What the words in `virtual` mean, and the marks of what IPVS cannot name by address and port.
#include <charconv>

#include "lib/base/spelling.h"
#include "lib/config/engine/report.h"
#include "lib/config/sections/registry.h"

namespace hawser::config {

namespace {

constexpr auto kNetd = Part::kNetd;
using ServiceSection = Section<ServiceSpec>;

// IPVS has each address of a service as a service of its own, with its own real servers and weights to keep:
// of a few that is well, of many it is not.
constexpr std::size_t kMostByAddress = 8;

struct Ports {
  std::uint16_t first = 0, last = 0;
  bool range = false;
};

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto* end = text.data() + text.size();
  const auto [stop, wrong] = std::from_chars(text.data(), end, port);
  return wrong == std::errc() && stop == end ? std::optional(port) : std::nullopt;
}

Result<Ports> parse_range(std::string_view text) {
  const auto dash = text.find('-');
  const auto first = parse_port(text.substr(0, dash));
  const auto last = parse_port(text.substr(dash + 1));
  if (!first || !last || *first == 0)
    return fail("{} is not a range of ports such as \"8000-8099\"", quote(text));
  if (*first >= *last) return fail("{} must lead from a lower port to a higher one", quote(text));
  return Ports{*first, *last, true};
}

// FNV-1a, 64 bits.
std::uint64_t hash_of(std::string_view text) {
  constexpr std::uint64_t kStart = 0xcbf29ce484222325, kPrime = 0x100000001b3;
  auto hash = kStart;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * kPrime;
  return hash;
}

// A function of the service alone: a service that comes or goes changes no other's mark, the range may grow
// at its end, and all directors of one file have the same marks, which their connections carry from one to
// the other (sync). That two services meet is as likely as 1 in 16 million for each pair, and is refused.
std::uint32_t mark_of(const File& file, std::string_view service, Transport transport, const Ports& ports) {
  const auto base = file.ipvs.fwmark_base;
  const auto words =
      fmt::format("{} {} {} {}{}", base, service, name_of(transport), ports.first, ports.range ? "-" : "");
  return base + static_cast<std::uint32_t>(hash_of(words) % kFwmarks);
}

// "web" of "service.web", and of "on.lb1.service.web".
std::string name_in(const std::string& path) {
  constexpr std::string_view kSection = "service.";
  const auto at = path.find(kSection);
  return at == std::string::npos ? path : path.substr(at + kSection.size());
}

// "tcp @web:80", "@web:80", "tcp 192.0.2.1:80", "192.0.2.1:80", "tcp 192.0.2.1:8000-8099", "fwmark 7".
class KeyReader {
 public:
  KeyReader(const File& file, const ServiceSection& service, Report* report)
      : file_(file), service_(service), report_(report), name_(name_in(service.path)) {}

  std::vector<VirtualKey> read() {
    for (std::size_t i = 0; i < service_.spec.virtuals.size(); ++i) {
      place_ = service_.at("virtual", i);
      read_one(service_.spec.virtuals[i]);
    }
    return std::move(keys_);
  }

 private:
  void say(std::string what) const {
    if (report_ != nullptr) report_->add(kNetd, place_, service_.path + ".virtual", std::move(what));
  }

  void read_one(const std::string& text) {
    std::string full = text;
    if (text.find(' ') == std::string::npos) {
      if (service_.spec.protocol.empty())
        return say(fmt::format("{} has no protocol: write {} or protocol = \"tcp\"", quote(text),
                               quote("tcp " + text)));
      full = service_.spec.protocol + " " + text;
    }
    const auto at = full.find(" @");
    if (at != std::string::npos) return read_vip(text, full.substr(0, at), full.substr(at + 2));
    if (const auto colon = full.rfind(':'); colon != std::string::npos)
      if (full.find('-', colon) != std::string::npos) return read_range(full, colon);
    const auto key = ServiceKey::parse(full);
    if (!key) return say(key.error().text);
    add(*key);
  }

  void read_range(const std::string& full, std::size_t colon) {
    const auto ports = parse_range(std::string_view(full).substr(colon + 1));
    if (!ports) return say(ports.error().text);
    const auto key = ServiceKey::parse(fmt::format("{}:{}", full.substr(0, colon), ports->first));
    if (!key) return say(key.error().text);
    mark(key->transport, key->virtual_address.address, *ports);
  }

  void add(const ServiceKey& key) {
    keys_.push_back({key, place_, key.transport, key.virtual_address.port, false, {}});
  }

  // All that has one mark is one service.
  void mark(Transport transport, const IpAddress& address, const Ports& ports) {
    ServiceKey key;
    key.transport = Transport::kFwmark;
    if (address.is_v6()) key.virtual_address.address = *IpAddress::parse("::");
    key.fwmark = mark_of(file_, name_, transport, ports);
    const auto known = std::ranges::find(keys_, key, &VirtualKey::key);
    auto& entry = known != keys_.end() ? *known
                                       : keys_.emplace_back(key, place_, transport,
                                                            ports.range ? std::uint16_t{0} : ports.first,
                                                            ports.range, std::vector<Marked>{});
    entry.marked.push_back({transport, address, ports.first, ports.last});
  }

  void read_vip(const std::string& text, const std::string& protocol, const std::string& rest) {
    const auto colon = rest.rfind(':');
    const auto port = colon == std::string::npos ? std::string() : rest.substr(colon + 1);
    const bool range = port.find('-') != std::string::npos;
    const auto ports = range ? parse_range(port) : Result<Ports>();
    if (!ports) return say(ports.error().text);
    const auto example = ServiceKey::parse(
        fmt::format("{} 192.0.2.1:{}", protocol, range ? port.substr(0, port.find('-')) : port));
    if (port.empty() || !example || example->transport == Transport::kFwmark)
      return say(fmt::format("{} is not a virtual service such as \"tcp @VIP:80\"", quote(text)));
    const auto name = rest.substr(0, colon);
    const auto vip = file_.vips.find(name);
    if (vip == file_.vips.end()) return say(no_vip(name));
    const auto& addresses = vip->second.spec.addresses;
    const auto first = example->virtual_address.port;
    const bool marked = range || (addresses.size() > kMostByAddress && first != 0);
    for (const auto& address : addresses) {
      auto key = *example;
      key.virtual_address.address = address.prefix.address;
      if (marked)
        mark(key.transport, key.virtual_address.address, range ? *ports : Ports{first, first, false});
      else
        add(key);
    }
  }

  [[nodiscard]] std::string no_vip(const std::string& name) const {
    if (const auto others = file_.priorities.find(name); others != file_.priorities.end()) {
      std::string nodes;
      for (const auto& [node, priority] : others->second)
        nodes += fmt::format("{}{}", nodes.empty() ? "" : ", ", quote(node));
      return fmt::format("[vip.{}] is not on this node: keep the service to those that hold it, only = [{}]",
                         name, nodes);
    }
    std::vector<std::string_view> names;
    for (const auto& [known, vip] : file_.vips) names.push_back(known);
    const auto near = nearest(name, names);
    return near.empty() ? fmt::format("no [vip.{}] exists", name)
                        : fmt::format("no [vip.{}] exists; did you mean {}?", name, quote(near));
  }

  const File& file_;
  const ServiceSection& service_;
  Report* report_;
  std::string name_;
  Place place_;
  std::vector<VirtualKey> keys_;
};

}  // namespace

std::string in_words(const VirtualKey& key) {
  return key.marked.empty() ? to_string(key.key) : to_string(key.marked.front());
}

std::vector<VirtualKey> keys_of(const File& file, const ServiceSection& service, Report* report) {
  return KeyReader(file, service, report).read();
}

}  // namespace hawser::config

// What the words in `virtual` mean.
#include "lib/base/spelling.h"
#include "lib/config/engine/report.h"
#include "lib/config/sections/registry.h"

namespace hawser::config {

namespace {

constexpr auto kNetd = Part::kNetd;
using ServiceSection = Section<ServiceSpec>;

// "tcp @web:80", "@web:80", "tcp 192.0.2.1:80", "192.0.2.1:80", "fwmark 7".
class KeyReader {
 public:
  KeyReader(const File& file, const ServiceSection& service, Report* report)
      : file_(file), service_(service), report_(report) {}

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
    const auto key = ServiceKey::parse(full);
    if (!key) return say(key.error().text);
    keys_.push_back({*key, place_});
  }

  void read_vip(const std::string& text, const std::string& protocol, const std::string& rest) {
    const auto colon = rest.rfind(':');
    const auto port = colon == std::string::npos ? std::string() : rest.substr(colon + 1);
    if (port.find('-') != std::string::npos) return say("port ranges are not supported by this version");
    const auto example = ServiceKey::parse(fmt::format("{} 192.0.2.1:{}", protocol, port));
    if (port.empty() || !example || example->transport == Transport::kFwmark)
      return say(fmt::format("{} is not a virtual service such as \"tcp @VIP:80\"", quote(text)));
    const auto name = rest.substr(0, colon);
    const auto vip = file_.vips.find(name);
    if (vip == file_.vips.end()) return say(no_vip(name));
    for (const auto& address : vip->second.spec.addresses) {
      auto key = *example;
      key.virtual_address.address = address.prefix.address;
      keys_.push_back({key, place_});
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
  Place place_;
  std::vector<VirtualKey> keys_;
};

}  // namespace

std::vector<VirtualKey> keys_of(const File& file, const ServiceSection& service, Report* report) {
  return KeyReader(file, service, report).read();
}

}  // namespace hawser::config

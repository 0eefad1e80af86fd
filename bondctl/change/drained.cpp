#include "bondctl/change/drained.h"

#include <cerrno>

#include <boost/json.hpp>

#include "lib/base/atomic_file.h"
#include "lib/base/find_in.h"
#include "lib/base/json_in.h"

namespace hawser::bondctl {

namespace {

namespace json = boost::json;

std::filesystem::path file_in(const std::filesystem::path& directory) {
  return directory / "drained.json";
}

json::object object_of(const std::string& port, const Drained& drained) {
  return {{"port", port},
          {"port_index", drained.port_index.value},
          {"bond", drained.bond},
          {"bond_index", drained.bond_index.value},
          {"prio", drained.options.prio},
          {"queue_id", drained.options.queue_id},
          {"primary", drained.primary},
          {"mac", drained.mac ? to_string(*drained.mac) : std::string{}},
          {"all_slaves_active", drained.all_slaves_active}};
}

std::int64_t whole_in(const json::value& object, std::string_view key) {
  const auto* number = value_in(object, key).if_int64();
  return number == nullptr ? 0 : *number;
}

Drained read_one(const json::value& object) {
  Drained drained;
  drained.bond = text_in(object, "bond");
  drained.bond_index = IfIndex{static_cast<int>(whole_in(object, "bond_index"))};
  drained.port_index = IfIndex{static_cast<int>(whole_in(object, "port_index"))};
  drained.options.prio = static_cast<std::int32_t>(whole_in(object, "prio"));
  drained.options.queue_id = static_cast<std::uint16_t>(whole_in(object, "queue_id"));
  drained.primary = text_in(object, "primary");
  drained.all_slaves_active = static_cast<std::uint32_t>(whole_in(object, "all_slaves_active"));
  if (const auto mac = MacAddress::parse(text_in(object, "mac"))) drained.mac = *mac;
  return drained;
}

bool is_device(const Observed& observed, const std::string& name, IfIndex index) {
  const auto* status = find_in(observed.links, name);
  return status != nullptr && status->index == index;
}

}  // namespace

DrainedPorts drained_of(const DrainedPorts& all, const Observed& observed, const std::string& bond) {
  DrainedPorts ports;
  for (const auto& [port, drained] : all)
    if (drained.bond == bond && is_device(observed, bond, drained.bond_index) &&
        is_device(observed, port, drained.port_index))
      ports.emplace(port, drained);
  return ports;
}

std::string drained_with_mac(const DrainedPorts& ports, const std::string& name) {
  constexpr std::string_view kMac = "mac:";
  if (!name.starts_with(kMac)) return {};
  const auto mac = MacAddress::parse(std::string_view(name).substr(kMac.size()));
  for (const auto& [port, drained] : ports)
    if (mac && drained.mac == *mac) return port;
  return {};
}

bool is_drained(const Observed& observed, const std::string& bond, const std::string& port) {
  const auto* link = find_in(observed.state.links, bond);
  const auto* place = link != nullptr && link->bond ? find_in(link->bond->ports, port) : nullptr;
  return place == nullptr || place->prio == kDrainedPrio;
}

std::string encode(const DrainedPorts& ports) {
  json::array list;
  for (const auto& [port, drained] : ports) list.push_back(object_of(port, drained));
  return json::serialize(json::object{{"format", 1}, {"drained", std::move(list)}}) + "\n";
}

Result<DrainedPorts> decode_drained(std::string_view text) {
  boost::system::error_code wrong;
  const auto document = json::parse(json::string_view(text.data(), text.size()), wrong);
  if (wrong || whole_in(document, "format") != 1)
    return fail("is not what bondctl writes: remove it, and give the drained ports back by 'bondctl set'");
  DrainedPorts ports;
  for (const auto& one : list_in(document, "drained"))
    if (auto port = text_in(one, "port"); !port.empty()) ports.emplace(std::move(port), read_one(one));
  return ports;
}

Result<DrainedPorts> read_drained(const std::filesystem::path& directory) {
  const auto file = file_in(directory);
  const auto text = read_file(file);
  if (!text && text.error().code == ENOENT) return DrainedPorts{};
  if (!text) return tl::unexpected(text.error());
  auto ports = decode_drained(*text);
  if (!ports) return fail("{}: {}", file.string(), ports.error().text);
  return ports;
}

Status write_drained(const std::filesystem::path& directory, const DrainedPorts& ports) {
  std::error_code ignored;  // what cannot be made is said by the writing
  std::filesystem::create_directories(directory, ignored);
  return write_atomically(file_in(directory), encode(ports), 0644);
}

}  // namespace hawser::bondctl

#include "lib/netlink/bonding_proc.h"

#include <charconv>

namespace hawser::nl {

namespace {

struct Line {
  std::string_view key, value;
};

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

Line next_line(std::string_view& text) {
  const auto end = std::min(text.find('\n'), text.size());
  const auto whole = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  const auto colon = whole.find(':');
  if (colon == std::string_view::npos) return {trimmed(whole), {}};
  return {trimmed(whole.substr(0, colon)), trimmed(whole.substr(colon + 1))};
}

std::uint16_t number(std::string_view text) {
  std::uint16_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

// bond_info_show_slave(): the actor's key is the "port key", the partner's the "oper key".
void read_end(const Line& line, LacpEnd& end) {
  if (line.key == "system priority") end.system_priority = number(line.value);
  if (line.key == "system mac address") end.system = MacAddress::parse(line.value).value_or(MacAddress{});
  if (line.key == "port key" || line.key == "oper key") end.key = number(line.value);
  if (line.key == "port priority") end.port_priority = number(line.value);
  if (line.key == "port number") end.port = number(line.value);
}

}  // namespace

std::map<std::string, ProcLacp> parse_bonding_proc(std::string_view text) {
  std::map<std::string, ProcLacp> ports;
  ProcLacp* port = nullptr;
  LacpEnd* end = nullptr;
  while (!text.empty()) {
    const auto line = next_line(text);
    if (line.key == "Slave Interface") {
      port = &ports[std::string(line.value)];
      end = nullptr;
    }
    if (port == nullptr) continue;  // of the bond itself: netlink has it
    if (line.key == "Actor Churn State") port->actor_churn = from_name<Churn>(line.value);
    if (line.key == "Partner Churn State") port->partner_churn = from_name<Churn>(line.value);
    if (line.key == "Actor Churned Count") port->actor_churns = number(line.value);
    if (line.key == "Partner Churned Count") port->partner_churns = number(line.value);
    if (line.key == "details actor lacp pdu") end = &port->actor.emplace();
    if (line.key == "details partner lacp pdu") end = &port->partner.emplace();
    if (end != nullptr) read_end(line, *end);
  }
  return ports;
}

}  // namespace hawser::nl

// What a stanza of /etc/network/interfaces says of bonds: ifenslave's options, and the driver's others in the
// same spelling. Both whoever brings the interface up and whoever imports the file read them here. Pure.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bondctl/change/edit.h"
#include "lib/base/duration.h"

namespace hawser::bondctl {

struct StanzaOption {
  std::string name;   // "bond-miimon", "slaves"; underscores and capitals make no difference
  std::string value;  // the rest of the line
  bool operator==(const StanzaOption&) const = default;
};

// Whether the option is one of ours to judge: bond-.., and ifenslave's old "slaves".
bool is_bond_option(std::string_view name);
// "bond-lacp-rate" for lacp_rate; of a port's "port.eth1.queue_id" "bond-queue-id".
std::string stanza_option(std::string_view key);

enum class PortList : std::uint8_t { kNotWritten, kListed, kNone, kEveryCard };

struct Stanza {
  std::string master;  // bond-master: the interface itself is a port
  PortList list{};     // bond-slaves
  std::vector<std::string> ports;
  std::vector<std::string> primary;    // the first of them that is a port
  std::string active;                  // bond-active-slave; "none" clears
  std::optional<Milliseconds> chance;  // bond-give-a-chance
  Edits edits;  // what the driver is told, ports and primary aside; `wrong` names the options of the stanza
  std::vector<std::string> notes;  // "bond-slaves: left out beside bond-master"

  // As ifenslave sees it: other options alone make no bond of an interface.
  [[nodiscard]] bool makes_bond() const;
  [[nodiscard]] bool says_nothing() const;
};

// `interface`: of whom a bare number of bond-queue-id or bond-prio is.
Stanza read_stanza(const std::string& interface, std::span<const StanzaOption> options);

// What the file's rules refuse and ifenslave's users have always written: both monitors, a monitor of 0,
// delays that the kernel rounds. Changes the edits to what comes of it and returns the notes that say so.
std::vector<std::string> settle_monitor(Edits& edits, std::uint32_t miimon_there);

}  // namespace hawser::bondctl

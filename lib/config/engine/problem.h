// What a file is read from and what is said of it: sources, problems, and the settings in effect.
#pragma once

#include <cstdint>
#include <string>

namespace hawser::config {

// One thing wrong with the file. Printed as "FILE:LINE:COLUMN: key: what is wrong"; line 0: the file as a
// whole, which `what` names ("/etc/hawser/hawser.toml: read: Permission denied").
struct Problem {
  std::string file;
  unsigned line = 0;
  unsigned column = 0;
  std::string key;  // dotted, as the user wrote it: "vip.web.priority"
  std::string what;
  bool operator==(const Problem&) const = default;
};
std::string to_string(const Problem& problem);
// The same shape for what is only worth knowing: "FILE:LINE:COLUMN: key: note: ..".
std::string note_text(const Problem& note);

// One file's text, already read: loading is pure and needs no file system.
struct Source {
  std::string file;
  std::string text;
  bool operator==(const Source&) const = default;
};

// Which daemon judges the file: a broken [service.*] must not keep vipd from holding an address, nor a broken
// [vip.*] netd from its bonds. kAll: both.
enum class Part : std::uint8_t { kNetd, kVipd, kAll };

struct Effective {      // one row of `netd dump`
  std::string key;      // "vip.web.priority", "pool.web.real[1].weight"
  std::string value;    // as TOML
  std::string origin;   // "hawser.toml:12", "defaults.vip at hawser.toml:3", "default"
  std::string section;  // "vip.web", "pool.web.real[1]"; empty: above all sections
  std::string whole;    // for all nodes, where they must know each other's: { lb1 = 150, lb2 = 100 }
};

}  // namespace hawser::config

// What keepalived.conf means (keepalived.conf(5)): virtual routers, virtual services, their checks.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "lbctl/import/draft.h"
#include "lbctl/import/keepalived_tree.h"

namespace hawser::lbctl {

void import_keepalived(const config::Source& source, const IncludeReader& include, Draft& draft);

// The parts of it, each in a file of its own.

struct KaGlobals {
  int vrrp_version = 2;
  bool strict = false;                                 // vrrp_strict
  std::map<std::string, const KaNode*> server_groups;  // virtual_server_group, by name
  std::set<std::string> used_groups;
};

void import_vrrp_instance(const KaNode& node, const KaGlobals& globals, Draft& draft);
void import_sync_group(const KaNode& node, Draft& draft);
void import_virtual_server(const KaNode& node, KaGlobals& globals, Draft& draft);

// What checks of a real server take from around them, the innermost first.
struct KaCheckScope {
  std::vector<KaBlock*> around;  // the real server, the virtual server
  std::string service;           // what the checks are called after
};
// Every checker in the block of a real server, as checks of `real`.
void import_checkers(KaBlock& block, const KaCheckScope& scope, DraftSection& real, Draft& draft);

}  // namespace hawser::lbctl

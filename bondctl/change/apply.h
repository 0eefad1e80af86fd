// The bonds of a file, and nothing else of it: with the VLANs on them, their addresses and routes, and what
// they need below and around them. Pure; `bondctl apply` is apply_verb.h.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "bondctl/change/change.h"
#include "lib/reconcile/journal.h"

namespace hawser::bondctl {

// The part of the file that is about these bonds, by its own words: their ports' sections, what is on them,
// the VRFs that they are in.
FileNetwork only_bonds(FileNetwork file, const std::set<std::string>& bonds);

// What is there and is netd's, but not about these bonds, as if it were nobody's: then no plan removes it.
// `file`: the part of only_bonds().
void hide_others_marks(Observed& observed, const FileNetwork& file, const std::set<std::string>& bonds);

// `observed` with the marks of others hidden.
Change apply_file(const Observed& observed, const FileNetwork& file, const std::set<std::string>& bonds,
                  const JournalBook& book, const FindPaths& find_paths);

}  // namespace hawser::bondctl

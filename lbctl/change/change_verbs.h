// lbctl add, edit, delete, add-real, edit-real, delete-real, clear.
#pragma once

#include <span>
#include <string>

#include "lbctl/change/carry_out.h"
#include "lbctl/change/target.h"

namespace hawser::lbctl {

int add_verb(const cli::Arguments& arguments);
int edit_verb(const cli::Arguments& arguments);
int delete_verb(const cli::Arguments& arguments);
int add_real_verb(const cli::Arguments& arguments);
int edit_real_verb(const cli::Arguments& arguments);
int delete_real_verb(const cli::Arguments& arguments);
int clear_verb(const cli::Arguments& arguments);

// What each makes of the table; `words` behind the service, and behind the real server. Pure.
TableChange add_service(const State& there, const ServiceKey& key, Words words);
TableChange edit_service(const State& there, const ServiceKey& key, Words words);
TableChange delete_service(const State& there, const ServiceKey& key, Words words = {});
TableChange add_real(const State& there, const ServiceKey& key, const Endpoint& real, Words words);
TableChange edit_real(const State& there, const ServiceKey& key, const Endpoint& real, Words words);
TableChange delete_real(const State& there, const ServiceKey& key, const Endpoint& real, Words words = {});
TableChange clear_table(const State& there);

}  // namespace hawser::lbctl

// Freeing a port of traffic so that its cable, card or switch can be worked on, and giving it its part back.
// Pure: what is written down in between is Drained (drained.h).
//
// active-backup: the port stays in the bond, its link up and watched. The active role moves to another port,
// and the least prio keeps the kernel from choosing this one again while another one carries.
// All other modes send on every port, whoever is active: so the port leaves the bond, with its link left up.
// LACP tells the partner; a static group does not.
#pragma once

#include "bondctl/change/change.h"
#include "bondctl/change/drained.h"

namespace hawser::bondctl {

struct Drain {
  Change change;
  Drained drained;  // counts where there are no problems
};

// `known`: what was written down, of this bond (drained_of). Done again, or after it was cut off, it ends in
// the same.
Drain drain(const Observed& observed, const std::string& bond, const std::string& port,
            const DrainedPorts& known);
Change undrain(const Observed& observed, const std::string& bond, const std::string& port,
               const DrainedPorts& known);

}  // namespace hawser::bondctl

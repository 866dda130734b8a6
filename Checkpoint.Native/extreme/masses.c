#include "extreme.h"
void run_masses(void) {
}
